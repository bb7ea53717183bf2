// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.ops;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * {@code GET /asyncapi.yaml} and {@code GET /openapi.yaml}: what clients and their tools need to know of this very release. Public, and readable by
 * pages of every origin, such as an editor.
 */
public final class InterfaceRoutes {

    /** The WebSocket and its frames. */
    public static final String ASYNC_API = "/asyncapi.yaml";

    /** Everything over HTTP. */
    public static final String OPEN_API = "/openapi.yaml";

    /** RFC 9512. */
    private static final String YAML = "application/yaml";

    private InterfaceRoutes() {}

    /** Adds the routes. */
    public static void mount(Router router) {
        serve(router, ASYNC_API);
        serve(router, OPEN_API);
    }

    private static void serve(Router router, String path) {
        Buffer document = Buffer.buffer(read(path));
        router.get(path).handler(routing -> send(routing, document));
    }

    private static void send(RoutingContext routing, Buffer document) {
        routing.response()
                .putHeader(HttpHeaders.CONTENT_TYPE, YAML)
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-cache")
                .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, "*")
                .putHeader("cross-origin-resource-policy", "cross-origin")
                .putHeader("x-content-type-options", "nosniff")
                .end(document);
    }

    private static byte[] read(String path) {
        try (InputStream in = InterfaceRoutes.class.getResourceAsStream("/interfaces" + path)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
