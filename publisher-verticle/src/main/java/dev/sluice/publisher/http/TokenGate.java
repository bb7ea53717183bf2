// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher.http;

import dev.sluice.stream.auth.BearerTokens;
import dev.sluice.stream.auth.Claims;
import dev.sluice.stream.auth.Scope;
import dev.sluice.stream.auth.TokenException;
import dev.sluice.stream.auth.TokenException.Reason;
import dev.sluice.stream.auth.TokenVerifier;
import dev.sluice.stream.http.Problem;
import dev.sluice.stream.http.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.Optional;

/** Lets in who has a token to publish with (RFC 6750). */
final class TokenGate {

    private static final String CHALLENGE = "Bearer realm=\"sluice\"";
    private static final Duration KEYS_RETRY = Duration.ofSeconds(5);

    private final TokenVerifier verifier;

    TokenGate(TokenVerifier verifier) {
        this.verifier = verifier;
    }

    /** The claims of the request's token; fails with {@link RefusedException} if it may not publish. */
    Future<Claims> admit(HttpServerRequest request) {
        Optional<String> token = BearerTokens.from(request);
        if (token.isEmpty()) {
            throw new RefusedException(
                    Problem.of(ProblemType.UNAUTHORIZED, "a token is needed: send Authorization: Bearer"), CHALLENGE);
        }
        return verifier.verify(token.get()).recover(TokenGate::refused).map(TokenGate::mayPublish);
    }

    private static Future<Claims> refused(Throwable failure) {
        if (!(failure instanceof TokenException invalid)) {
            return Future.failedFuture(failure);
        }
        if (invalid.reason() == Reason.UNVERIFIABLE) {
            return Future.failedFuture(new RefusedException(
                    Problem.of(ProblemType.UNVERIFIABLE, invalid.getMessage()).withRetryAfter(KEYS_RETRY)));
        }
        ProblemType type = invalid.reason() == Reason.EXPIRED ? ProblemType.TOKEN_EXPIRED : ProblemType.UNAUTHORIZED;
        return Future.failedFuture(
                new RefusedException(Problem.of(type, invalid.getMessage()), CHALLENGE + ", error=\"invalid_token\""));
    }

    private static Claims mayPublish(Claims claims) {
        if (claims.has(Scope.PUBLISH)) {
            return claims;
        }
        String scope = Scope.PUBLISH.claim();
        throw new RefusedException(
                Problem.of(ProblemType.FORBIDDEN, "the token needs the scope " + scope),
                CHALLENGE + ", error=\"insufficient_scope\", scope=\"" + scope + "\"");
    }
}
