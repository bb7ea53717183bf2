// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.ops;

import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.StaticHandler;

/** The demo page and its files, under a policy that lets nothing from elsewhere in. */
public final class PageRoutes {

    private static final String CONTENT_SECURITY_POLICY = "default-src 'none'; script-src 'self'; style-src 'self';"
            + " img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private PageRoutes() {}

    /** Adds the routes. */
    public static void mount(Router router) {
        StaticHandler files = StaticHandler.create("web")
                .setIncludeHidden(false)
                .setDirectoryListing(false)
                // After an upgrade the new page must not run with the old scripts.
                .setCachingEnabled(false);
        router.get("/").handler(PageRoutes::secure).handler(files);
        router.get("/web/*").handler(PageRoutes::secure).handler(files);
    }

    private static void secure(RoutingContext routing) {
        HttpServerResponse response = routing.response();
        response.putHeader("content-security-policy", CONTENT_SECURITY_POLICY)
                .putHeader("cache-control", "no-cache")
                .putHeader("x-content-type-options", "nosniff")
                .putHeader("referrer-policy", "no-referrer")
                .putHeader("cross-origin-opener-policy", "same-origin");
        routing.next();
    }
}
