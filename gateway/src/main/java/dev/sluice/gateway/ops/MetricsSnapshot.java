// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.ops;

import io.micrometer.core.instrument.distribution.HistogramSnapshot;
import io.micrometer.core.instrument.distribution.ValueAtPercentile;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.TimeUnit;

/** The figures of {@code GET /v2/realtime/metrics} (PROTOCOL section 7). */
record MetricsSnapshot(
        int activeConnections,
        long eventsDelivered,
        long compressedMessages,
        long missedEventsReplayed,
        long gaps,
        long slowConsumersDisconnected,
        int subscriptions,
        int streams,
        HistogramSnapshot latency) {

    JsonObject toJson(long eventsPublished) {
        JsonObject latencyMs = new JsonObject();
        for (ValueAtPercentile value : latency.percentileValues()) {
            latencyMs.put("p" + Math.round(value.percentile() * 100), round(value.value(TimeUnit.MILLISECONDS)));
        }
        return new JsonObject()
                .put("activeConnections", activeConnections)
                .put("eventsDelivered", eventsDelivered)
                .put("compressedMessages", compressedMessages)
                .put("missedEventsReplayed", missedEventsReplayed)
                .put("eventsPublished", eventsPublished)
                .put("gaps", gaps)
                .put("slowConsumersDisconnected", slowConsumersDisconnected)
                .put(
                        "connectionPoolStats",
                        new JsonObject()
                                .put("totalSubscriptions", subscriptions)
                                .put("streams", streams)
                                .put("sessionsPerStream", streams == 0 ? 0 : round((double) subscriptions / streams)))
                .put("latencyMs", latencyMs);
    }

    private static double round(double value) {
        return Math.round(value * 100) / 100.0;
    }
}
