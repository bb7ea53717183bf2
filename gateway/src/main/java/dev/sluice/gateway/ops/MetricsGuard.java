// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.ops;

import dev.sluice.stream.auth.BearerTokens;
import dev.sluice.stream.auth.Scope;
import dev.sluice.stream.auth.TokenVerifier;
import dev.sluice.stream.http.Problem;
import dev.sluice.stream.http.ProblemType;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;

/** Who may read the metrics. Any thread. */
public final class MetricsGuard {

    private final TokenVerifier verifier;
    private final MetricsAccess access;

    /** Lets in whom {@code access} names. */
    public MetricsGuard(TokenVerifier verifier, MetricsAccess access) {
        this.verifier = verifier;
        this.access = access;
    }

    /** Lets the request go on, or answers it. */
    public void check(RoutingContext routing) {
        if (access == MetricsAccess.OPEN || (access == MetricsAccess.LOOPBACK && isLocal(routing.request()))) {
            routing.next();
            return;
        }
        Optional<String> token = BearerTokens.from(routing.request());
        if (token.isEmpty()) {
            refuse(
                    routing,
                    ProblemType.UNAUTHORIZED,
                    "a token with the scope realtime:admin is needed (gateway.metricsAccess)");
            return;
        }
        verifier.verify(token.get()).onComplete((claims, failure) -> {
            if (failure != null) {
                refuse(routing, ProblemType.UNAUTHORIZED, "the token was not accepted");
            } else if (!claims.has(Scope.ADMIN)) {
                refuse(routing, ProblemType.FORBIDDEN, "the token needs the scope realtime:admin");
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

    private static void refuse(RoutingContext routing, ProblemType type, String detail) {
        if (type == ProblemType.UNAUTHORIZED) {
            routing.response().putHeader("www-authenticate", "Bearer");
        }
        Problem.of(type, detail).send(routing.response());
    }
}
