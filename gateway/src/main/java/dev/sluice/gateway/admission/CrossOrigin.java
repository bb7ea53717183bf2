// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.admission;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;

/**
 * Lets pages of other origins that are on the allow-list read answers (CORS, WHATWG Fetch section 3.2). WebSockets need none of it. Never allows
 * credentials: tokens do not come in cookies.
 */
public final class CrossOrigin {

    private static final String MAX_AGE_SECONDS = "600";

    private final OriginPolicy origins;

    /** For the pages that the policy allows. */
    public CrossOrigin(OriginPolicy origins) {
        this.origins = origins;
    }

    /** Sets what the browser needs to see on an answer; nothing for pages that are not allowed, and for clients that are no pages. */
    public void mark(HttpServerRequest request) {
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        request.response().headers().add(HttpHeaders.VARY, HttpHeaders.ORIGIN);
        if (origin != null && origins.allows(request)) {
            request.response()
                    .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, origin)
                    .putHeader(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, "Sluice-Cursor, Sluice-Flags, Retry-After");
        }
    }

    /** Answers a browser that asks before it sends the real request; false when this is no such question. */
    public boolean answersPreflight(HttpServerRequest request) {
        if (!HttpMethod.OPTIONS.equals(request.method())) {
            return false;
        }
        mark(request);
        HttpServerResponse response = request.response();
        if (response.headers().contains(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN)) {
            response.putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, "GET")
                    .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS, "Authorization, Last-Event-ID, Cache-Control")
                    .putHeader(HttpHeaders.ACCESS_CONTROL_MAX_AGE, MAX_AGE_SECONDS);
        }
        response.putHeader(HttpHeaders.ALLOW, "GET, OPTIONS").setStatusCode(204).end();
        return true;
    }
}
