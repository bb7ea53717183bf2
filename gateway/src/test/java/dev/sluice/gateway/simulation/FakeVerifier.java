// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.simulation;

import dev.sluice.stream.auth.Claims;
import dev.sluice.stream.auth.Scope;
import dev.sluice.stream.auth.TokenException;
import dev.sluice.stream.auth.TokenVerifier;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Knows the tokens that a test gave it; every other one is invalid. */
public final class FakeVerifier implements TokenVerifier {

    private final Map<String, Future<Claims>> answers = new HashMap<>();
    private final Deque<Runnable> held = new ArrayDeque<>();
    private boolean holding;

    /** A valid token. */
    public FakeVerifier accept(String token, Claims claims) {
        answers.put(token, Future.succeededFuture(claims));
        return this;
    }

    /** A token that is refused for the reason. */
    public FakeVerifier refuse(String token, TokenException.Reason reason) {
        answers.put(token, Future.failedFuture(new TokenException(reason, "refused: " + reason)));
        return this;
    }

    /** A token on which the verifier itself breaks. */
    public FakeVerifier breakOn(String token) {
        answers.put(token, Future.failedFuture(new IllegalStateException("simulated")));
        return this;
    }

    /** From now on answers are kept back. */
    public void hold() {
        holding = true;
    }

    /** Lets the answers go that were kept back. */
    public void release() {
        holding = false;
        while (!held.isEmpty()) {
            held.remove().run();
        }
    }

    @Override
    public Future<Claims> verify(String token) {
        Future<Claims> answer = answers.getOrDefault(
                token, Future.failedFuture(new TokenException(TokenException.Reason.INVALID, "unknown token")));
        if (!holding) {
            return answer;
        }
        Promise<Claims> promise = Promise.promise();
        held.add(() -> answer.onComplete(promise));
        return promise.future();
    }

    /** Claims of a reader of every service of the org. */
    public static Claims reader(String org, String user, Instant expiresAt) {
        return new Claims(Optional.of(org), Optional.ofNullable(user), Optional.empty(), Set.of(Scope.READ), expiresAt);
    }

    /** The same, limited to some services. */
    public static Claims limitedTo(Claims claims, String... services) {
        return new Claims(
                claims.org(), claims.subject(), Optional.of(Set.of(services)), claims.scopes(), claims.expiresAt());
    }
}
