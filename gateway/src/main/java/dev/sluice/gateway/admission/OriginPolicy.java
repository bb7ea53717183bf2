// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.admission;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which pages may connect. Browsers send {@code Origin} and do not let pages forge it; other clients may leave it out and
 * are not kept off by this. Without a list only pages of the gateway's own host may.
 */
public final class OriginPolicy {

    private final boolean any;
    private final Set<String> allowed;

    /**
     * A policy.
     *
     * @param allowed origins such as {@code https://app.example.com}; {@code *} allows all; empty allows the same host only
     */
    public OriginPolicy(List<String> allowed) {
        this.any = allowed.contains("*");
        this.allowed =
                allowed.stream().map(origin -> origin.toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet());
    }

    /** Whether the page that sent the request may connect. */
    public boolean allows(HttpServerRequest request) {
        String origin = request.getHeader(HttpHeaders.ORIGIN);
        return origin == null
                || any
                || allowed.contains(origin.toLowerCase(Locale.ROOT))
                || isSameHost(origin, request.authority());
    }

    private static boolean isSameHost(String origin, HostAndPort authority) {
        if (authority == null) {
            return false;
        }
        try {
            URI uri = URI.create(origin);
            int port = uri.getPort() >= 0 ? uri.getPort() : "https".equals(uri.getScheme()) ? 443 : 80;
            int own = authority.port() >= 0 ? authority.port() : "https".equals(uri.getScheme()) ? 443 : 80;
            return authority.host().equalsIgnoreCase(uri.getHost()) && port == own;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
