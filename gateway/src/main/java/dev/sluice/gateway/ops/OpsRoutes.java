// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.ops;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import java.util.function.Supplier;

/** Health and metrics of a node (PROTOCOL section 7). */
public final class OpsRoutes {

    private static final String JSON = "application/json";

    private final GatewayMetrics metrics;
    private final PrometheusMeterRegistry registry;
    private final MetricsGuard guard;
    private final Supplier<Optional<String>> notReady;
    private final Supplier<JsonObject> cluster;

    /**
     * Routes.
     *
     * @param notReady why the node should get no traffic now; empty when it should
     * @param cluster what the metrics say of the cluster
     */
    public OpsRoutes(
            GatewayMetrics metrics,
            PrometheusMeterRegistry registry,
            MetricsGuard guard,
            Supplier<Optional<String>> notReady,
            Supplier<JsonObject> cluster) {
        this.metrics = metrics;
        this.registry = registry;
        this.guard = guard;
        this.notReady = notReady;
        this.cluster = cluster;
    }

    /** Adds the routes. */
    public void mount(Router router) {
        router.get("/health/live").handler(routing -> json(routing, 200, new JsonObject().put("status", "live")));
        router.get("/health/ready").handler(this::ready);
        router.get("/v2/realtime/metrics").handler(guard::check).handler(this::jsonMetrics);
        PrometheusRoute.mount(router, guard, registry);
    }

    private void ready(RoutingContext routing) {
        Optional<String> reason = notReady.get();
        JsonObject body = new JsonObject().put("status", reason.isEmpty() ? "ready" : "not_ready");
        reason.ifPresent(text -> body.put("reason", text));
        json(routing, reason.isEmpty() ? 200 : 503, body);
    }

    private void jsonMetrics(RoutingContext routing) {
        json(routing, 200, figures());
    }

    /** What {@code GET /v2/realtime/metrics} says. Any thread. */
    public JsonObject figures() {
        return metrics.snapshot().toJson(eventsPublished(registry)).put("cluster", cluster.get());
    }

    /** Counted by the publisher, if one runs in this process. */
    private static long eventsPublished(MeterRegistry registry) {
        return (long) registry.find("sluice.publisher.events").counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    private static void json(RoutingContext routing, int status, JsonObject body) {
        routing.response()
                .setStatusCode(status)
                .putHeader(HttpHeaders.CONTENT_TYPE, JSON)
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .end(body.toBuffer());
    }
}
