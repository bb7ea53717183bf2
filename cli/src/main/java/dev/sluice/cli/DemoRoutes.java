// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/** What the page needs to begin at once: {@code GET /demo/session} with a token. In the one-process demo only. */
final class DemoRoutes {

    private final String node;

    DemoRoutes(String node) {
        this.node = node;
    }

    void mount(Router router) {
        router.get("/demo/session").handler(this::session);
    }

    private void session(RoutingContext routing) {
        JsonObject session = new JsonObject()
                .put("token", TokenCommand.demoToken())
                .put("org", TokenCommand.DEMO_ORG)
                .put("services", new JsonArray().add("finance").add("staff").add("documents"))
                .put("node", node);
        routing.response()
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .end(session.toBuffer());
    }
}
