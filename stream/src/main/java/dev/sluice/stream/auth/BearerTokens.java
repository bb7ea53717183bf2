// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.auth;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;

/** Finds the token of a request. */
public final class BearerTokens {

    private static final String SCHEME = "bearer ";

    private BearerTokens() {}

    /** The token in {@code Authorization: Bearer}, else the one in the query parameter {@code access_token}. */
    public static Optional<String> from(HttpServerRequest request) {
        String header = request.getHeader(HttpHeaders.AUTHORIZATION);
        if (header != null && header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return Optional.of(header.substring(SCHEME.length()).trim());
        }
        return Optional.ofNullable(request.getParam("access_token"));
    }
}
