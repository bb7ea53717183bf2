// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import java.util.function.Supplier;

/** {@code /health/live} and {@code /health/ready} (PROTOCOL section 7) of a process that is no gateway. */
final class HealthRoutes {

    private final Supplier<Optional<String>> notReady;

    /**
     * Routes.
     *
     * @param notReady why the process should get no traffic now; empty when it should. Called on event loops
     */
    HealthRoutes(Supplier<Optional<String>> notReady) {
        this.notReady = notReady;
    }

    void mount(Router router) {
        router.get("/health/live").handler(routing -> json(routing, 200, new JsonObject().put("status", "live")));
        router.get("/health/ready").handler(this::ready);
    }

    private void ready(RoutingContext routing) {
        Optional<String> reason = notReady.get();
        JsonObject body = new JsonObject().put("status", reason.isEmpty() ? "ready" : "not_ready");
        reason.ifPresent(text -> body.put("reason", text));
        json(routing, reason.isEmpty() ? 200 : 503, body);
    }

    private static void json(RoutingContext routing, int status, JsonObject body) {
        routing.response()
                .setStatusCode(status)
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .end(body.toBuffer());
    }
}
