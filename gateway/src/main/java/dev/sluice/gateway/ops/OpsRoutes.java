// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.ops;

import dev.sluice.stream.auth.BearerTokens;
import dev.sluice.stream.auth.Scope;
import dev.sluice.stream.auth.TokenVerifier;
import dev.sluice.stream.http.Problem;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.function.Supplier;

/** Health, metrics and flags of a node (PROTOCOL section 7). */
public final class OpsRoutes {

    private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final String JSON = "application/json";

    private final GatewayMetrics metrics;
    private final PrometheusMeterRegistry registry;
    private final TokenVerifier verifier;
    private final MetricsAccess access;
    private final Supplier<Optional<String>> notReady;
    private final Supplier<JsonObject> cluster;
    private final Supplier<JsonObject> flags;

    /**
     * Routes.
     *
     * @param notReady why the node should get no traffic now; empty when it should
     * @param cluster what the metrics say of the cluster
     * @param flags the feature flags of now
     */
    public OpsRoutes(
            GatewayMetrics metrics,
            PrometheusMeterRegistry registry,
            TokenVerifier verifier,
            MetricsAccess access,
            Supplier<Optional<String>> notReady,
            Supplier<JsonObject> cluster,
            Supplier<JsonObject> flags) {
        this.metrics = metrics;
        this.registry = registry;
        this.verifier = verifier;
        this.access = access;
        this.notReady = notReady;
        this.cluster = cluster;
        this.flags = flags;
    }

    /** Adds the routes. */
    public void mount(Router router) {
        router.get("/health/live").handler(routing -> json(routing, 200, new JsonObject().put("status", "live")));
        router.get("/health/ready").handler(this::ready);
        router.get("/v2/realtime/config").handler(routing -> json(routing, 200, flags.get()));
        router.get("/v2/realtime/metrics").handler(this::checkAccess).handler(this::jsonMetrics);
        router.get("/metrics").handler(this::checkAccess).handler(this::prometheus);
    }

    private void ready(RoutingContext routing) {
        Optional<String> reason = notReady.get();
        JsonObject body = new JsonObject().put("status", reason.isEmpty() ? "ready" : "not_ready");
        reason.ifPresent(text -> body.put("reason", text));
        json(routing, reason.isEmpty() ? 200 : 503, body);
    }

    private void jsonMetrics(RoutingContext routing) {
        json(routing, 200, metrics.snapshot().toJson(eventsPublished(registry)).put("cluster", cluster.get()));
    }

    /** Counted by the publisher, if one runs in this process. */
    private static long eventsPublished(MeterRegistry registry) {
        return (long) registry.find("sluice.publisher.events").counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    private void prometheus(RoutingContext routing) {
        routing.response().putHeader(HttpHeaders.CONTENT_TYPE, PROMETHEUS_TEXT).end(registry.scrape());
    }

    private void checkAccess(RoutingContext routing) {
        if (access == MetricsAccess.OPEN || (access == MetricsAccess.LOOPBACK && isLocal(routing.request()))) {
            routing.next();
            return;
        }
        Optional<String> token = BearerTokens.from(routing.request());
        if (token.isEmpty()) {
            refuse(routing, 401, "a token with the scope realtime:admin is needed (gateway.metricsAccess)");
            return;
        }
        verifier.verify(token.get()).onComplete((claims, failure) -> {
            if (failure != null) {
                refuse(routing, 401, "the token was not accepted");
            } else if (!claims.has(Scope.ADMIN)) {
                refuse(routing, 403, "the token needs the scope realtime:admin");
            } else {
                routing.next();
            }
        });
    }

    private static boolean isLocal(HttpServerRequest request) {
        if (request.getHeader("x-forwarded-for") != null || request.getHeader("forwarded") != null) {
            return false;
        }
        String host =
                request.remoteAddress() == null ? null : request.remoteAddress().hostAddress();
        // A literal address, so nothing is looked up.
        InetAddress address = host == null ? null : new InetSocketAddress(host, 0).getAddress();
        return address != null && address.isLoopbackAddress();
    }

    private static void refuse(RoutingContext routing, int status, String detail) {
        if (status == 401) {
            routing.response().putHeader("www-authenticate", "Bearer");
        }
        Problem.of(status, status == 401 ? "unauthorized" : "forbidden", detail).send(routing.response());
    }

    private static void json(RoutingContext routing, int status, JsonObject body) {
        routing.response()
                .setStatusCode(status)
                .putHeader(HttpHeaders.CONTENT_TYPE, JSON)
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .end(body.toBuffer());
    }
}
