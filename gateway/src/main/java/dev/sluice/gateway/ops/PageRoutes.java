// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.ops;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.StaticHandler;

/**
 * The demo page and its files, under a policy that lets nothing from elsewhere in; and the browser client, the very files of
 * the npm package, under {@code /client/}.
 */
public final class PageRoutes {

    private static final String CONTENT_SECURITY_POLICY = "default-src 'none'; script-src 'self'; style-src 'self';"
            + " img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static final String PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";

    private PageRoutes() {}

    /** Adds the routes. */
    public static void mount(Router router) {
        StaticHandler page = files("web");
        router.get("/").handler(PageRoutes::secure).handler(page);
        router.get("/web/*").handler(PageRoutes::secure).handler(page);
        router.get("/client/*")
                .handler(PageRoutes::secure)
                .handler(PageRoutes::share)
                .handler(files("META-INF/sluice/client"));
        // Where there is a demo, its route came before. The page asks everywhere, and 404 would be an error in the
        // console.
        router.get("/demo/session").handler(routing -> routing.response()
                .setStatusCode(204)
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                .end());
    }

    private static StaticHandler files(String root) {
        return StaticHandler.create(root)
                .setIncludeHidden(false)
                .setDirectoryListing(false)
                // After an upgrade the new page must not run with the old scripts.
                .setCachingEnabled(false);
    }

    private static void secure(RoutingContext routing) {
        HttpServerResponse response = routing.response();
        response.putHeader("content-security-policy", CONTENT_SECURITY_POLICY)
                .putHeader("cache-control", "no-cache")
                .putHeader("x-content-type-options", "nosniff")
                .putHeader("referrer-policy", "no-referrer")
                .putHeader("x-frame-options", "DENY")
                .putHeader("permissions-policy", PERMISSIONS_POLICY)
                .putHeader("cross-origin-opener-policy", "same-origin");
        if (routing.request().isSSL()) {
            response.putHeader("strict-transport-security", "max-age=31536000");
        }
        routing.next();
    }

    /** Pages of any origin may load it: it is public, and whether they may connect is another question. */
    private static void share(RoutingContext routing) {
        routing.response()
                .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, "*")
                .putHeader("cross-origin-resource-policy", "cross-origin");
        routing.next();
    }
}
