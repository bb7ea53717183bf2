// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.console;

import dev.sluice.stream.auth.BearerTokens;
import dev.sluice.stream.auth.Claims;
import dev.sluice.stream.auth.Scope;
import dev.sluice.stream.auth.TokenException;
import dev.sluice.stream.auth.TokenVerifier;
import dev.sluice.stream.http.Problem;
import dev.sluice.stream.http.ProblemType;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Optional;

/**
 * Lets in who has a token with {@code realtime:admin}, and nobody else, wherever the request comes from. It is the operator's scope: with or
 * without an {@code org} it holds for the whole cluster. Any thread.
 */
final class AdminGuard {

    private static final String CLAIMS = AdminGuard.class.getName();
    private static final Duration RETRY = Duration.ofSeconds(5);

    private final TokenVerifier verifier;

    AdminGuard(TokenVerifier verifier) {
        this.verifier = verifier;
    }

    /** Lets the request go on, or answers it. */
    void check(RoutingContext routing) {
        Optional<String> token = BearerTokens.from(routing.request());
        if (token.isEmpty()) {
            refuse(routing, Problem.of(ProblemType.UNAUTHORIZED, "a token with the scope realtime:admin is needed"));
            return;
        }
        verifier.verify(token.get()).onComplete((claims, failure) -> {
            if (failure != null) {
                refuse(routing, problem(failure));
            } else if (!claims.has(Scope.ADMIN)) {
                refuse(routing, Problem.of(ProblemType.FORBIDDEN, "the token needs the scope realtime:admin"));
            } else {
                routing.put(CLAIMS, claims);
                routing.next();
            }
        });
    }

    /** Who was let in. */
    static Claims of(RoutingContext routing) {
        return routing.get(CLAIMS);
    }

    private static Problem problem(Throwable failure) {
        return failure instanceof TokenException token && token.reason() == TokenException.Reason.UNVERIFIABLE
                ? Problem.of(ProblemType.UNVERIFIABLE, "tokens cannot be verified now")
                        .withRetryAfter(RETRY)
                : Problem.of(ProblemType.UNAUTHORIZED, "the token was not accepted");
    }

    private static void refuse(RoutingContext routing, Problem problem) {
        if (problem.status() == ProblemType.UNAUTHORIZED.status()) {
            routing.response().putHeader("www-authenticate", "Bearer");
        }
        problem.send(routing.response());
    }
}
