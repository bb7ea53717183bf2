// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.hub;

import dev.sluice.gateway.loop.EventLoop;
import dev.sluice.stream.bus.CommittedBatch.Run;
import dev.sluice.stream.bus.CommittedBatch.Traced;
import dev.sluice.stream.trace.TraceAttributes;
import dev.sluice.stream.trace.TraceSpan;
import dev.sluice.stream.trace.TraceStep;
import dev.sluice.stream.trace.Tracing;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The spans of what this node delivers: one for each traced event that came as a push while sessions listened to its stream. Their number is
 * bounded, and so is how long one waits for slow loops. Confined to the hub's loop.
 */
final class TracedDeliveries {

    /** Under way at a time; who comes beyond that is delivered like all others, without a span. */
    static final int MAX_OPEN = 1_000;

    /** Then a span ends with the sessions that are known by then. */
    static final long PATIENCE_MS = 5_000;

    private final Tracing tracing;
    private final EventLoop loop;
    /** And the feed of each, oldest first. */
    private final Map<TracedDelivery, StreamFeed> open = new LinkedHashMap<>();

    TracedDeliveries(Tracing tracing, EventLoop loop) {
        this.tracing = tracing;
        this.loop = loop;
    }

    /**
     * Events of a push were accepted and will be shown to the feed's listeners.
     *
     * @param from the index of the first that was not known before
     */
    void accepted(StreamFeed feed, Run run, int from) {
        List<FeedListener> listeners = feed.listeners();
        if (!tracing.isOn() || listeners.isEmpty()) {
            return;
        }
        for (Traced traced : run.traces()) {
            if (traced.index() >= from && open.size() < MAX_OPEN) {
                begin(feed, run, traced, listeners);
            }
        }
    }

    private void begin(StreamFeed feed, Run run, Traced traced, List<FeedListener> listeners) {
        long seq = run.firstSeq() + traced.index();
        TraceSpan span = tracing.start(TraceStep.DELIVER, feed.key(), Optional.of(traced.publish()))
                .with(TraceAttributes.EPOCH, run.epoch())
                .with(TraceAttributes.SEQ, seq);
        if (traced.count() > 1) {
            span.with(TraceAttributes.BATCH_COUNT, traced.count());
        }
        TracedDelivery[] self = new TracedDelivery[1];
        self[0] = new TracedDelivery(
                run.epoch(), seq, span, loop.now(), listeners, () -> loop.execute(() -> forget(self[0])));
        open.put(self[0], feed);
        feed.addTraced(self[0]);
    }

    private void forget(TracedDelivery delivery) {
        StreamFeed feed = open.remove(delivery);
        if (feed != null) {
            feed.removeTraced(delivery);
        }
    }

    /** Ends those that have waited long enough. */
    void expire(long now) {
        if (!open.isEmpty()) {
            List.copyOf(open.keySet()).stream()
                    .filter(delivery -> now - delivery.startedAt() >= PATIENCE_MS)
                    .forEach(TracedDelivery::end);
        }
    }

    /** Ends all. */
    void close() {
        List.copyOf(open.keySet()).forEach(TracedDelivery::end);
    }
}
