// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.revocation;

import dev.sluice.stream.auth.AuthOptions;
import dev.sluice.stream.auth.Claims;
import dev.sluice.stream.auth.TokenException;
import dev.sluice.stream.auth.TokenException.Reason;
import dev.sluice.stream.auth.TokenVerifier;
import dev.sluice.stream.revocation.Revocation.OfToken;
import dev.sluice.stream.revocation.Revocation.OfUser;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The revoked tokens as this node knows them. It learns of them as they are made, compares with the cluster every {@value #REFRESH_MS} ms, keeps
 * what it knows when the cluster cannot tell, and puts back what the cluster has lost. It forgets a revocation when the tokens it
 * concerns have ended: none lives longer than {@code auth.maxTokenLifetime}, or after ten years where that is not set. Thread-safe.
 */
public final class RevocationList {

    /** What a token was refused with. */
    public static final String REVOKED = "the token was revoked";

    private static final Logger LOGGER = LoggerFactory.getLogger(RevocationList.class);
    private static final long REFRESH_MS = 10_000;
    private static final long RETRY_MS = 250;

    /** For tokens that may live as long as their issuer says. */
    private static final Duration FOREVER = Duration.ofDays(3650);

    private final RevocationStore store;
    private final Duration memory;
    private final InstantSource clock;
    private final Map<User, OfUser> users = new ConcurrentHashMap<>();
    private final Map<String, OfToken> tokens = new ConcurrentHashMap<>();

    private record User(String org, String sub) {}

    /** A list that knows nothing yet; remembers as long as tokens may live. */
    public RevocationList(RevocationStore store, AuthOptions options, InstantSource clock) {
        this.store = store;
        // Issued by a clock that is ahead, accepted by one that is behind.
        this.memory = options.maxTokenLifetime()
                .orElse(FOREVER)
                .plus(options.clockSkew().multipliedBy(2));
        this.clock = clock;
    }

    /**
     * Listens, and reads what there is. Until then no token should be accepted, so it tries again until the cluster answers.
     *
     * @param givenUp asked before it tries again
     * @return completes when it knows all; fails when given up
     */
    public Future<Void> start(Vertx vertx, BooleanSupplier givenUp) {
        store.listen(this::take);
        return readFirst(vertx, givenUp)
                .onSuccess(known ->
                        vertx.setPeriodic(REFRESH_MS, timer -> refresh().onFailure(failure -> LOGGER.atDebug()
                                .addKeyValue("cause", failure.toString())
                                .log("could not compare the revoked tokens with the cluster"))));
    }

    private Future<Void> readFirst(Vertx vertx, BooleanSupplier givenUp) {
        return refresh()
                .recover(failure -> givenUp.getAsBoolean()
                        ? Future.failedFuture(failure)
                        : vertx.timer(RETRY_MS, TimeUnit.MILLISECONDS).compose(fired -> readFirst(vertx, givenUp)));
    }

    /** Compares with the cluster. Fails when that cannot tell; what is known stays. */
    public Future<Void> refresh() {
        forget();
        return store.read().compose(stored -> {
            stored.values().forEach(this::take);
            List<Revocation> lost =
                    all().filter(known -> !stored.containsKey(known.key())).toList();
            return Future.join(lost.stream().map(this::keep).toList()).mapEmpty();
        });
    }

    /** What no clock of a node can need any more. */
    private void forget() {
        Instant now = clock.instant();
        Stream.of(users.values(), tokens.values())
                .forEach((Collection<? extends Revocation> known) ->
                        known.removeIf(revocation -> revocation.endsAt().isBefore(now)));
    }

    private Future<Boolean> keep(Revocation revocation) {
        Duration left = Duration.between(clock.instant(), revocation.endsAt());
        return left.toMillis() > 0
                ? store.put(revocation.key(), revocation.toJson().encode(), left)
                : Future.succeededFuture(true);
    }

    private void take(String text) {
        try {
            take(Revocation.parse(text));
        } catch (RuntimeException e) { // of a node of another release
            LOGGER.atWarn().addKeyValue("cause", e.toString()).log("a revocation of the cluster is not understood");
        }
    }

    private void take(Revocation revocation) {
        if (revocation.endsAt().isBefore(clock.instant())) {
            return;
        }
        if (revocation instanceof OfToken token) {
            tokens.put(token.jti(), token);
        } else if (revocation instanceof OfUser user) {
            users.merge(new User(user.org(), user.sub()), user, RevocationList::stricter);
        }
    }

    private static OfUser stricter(OfUser one, OfUser other) {
        return one.issuedBefore().isBefore(other.issuedBefore()) ? other : one;
    }

    /** Those that are in force on this node. */
    public Stream<Revocation> all() {
        return Stream.concat(users.values().stream(), tokens.values().stream());
    }

    /** Whether the token of these claims has been revoked. Cheap: asked for every session each second. */
    public boolean isRevoked(Claims claims) {
        if (!users.isEmpty() && claims.org().isPresent() && claims.subject().isPresent()) {
            OfUser user =
                    users.get(new User(claims.org().get(), claims.subject().get()));
            if (user != null && user.concerns(claims)) {
                return true;
            }
        }
        return !tokens.isEmpty() && claims.tokenId().filter(tokens::containsKey).isPresent();
    }

    /** The verifier, which also refuses what is revoked. */
    public TokenVerifier guard(TokenVerifier verifier) {
        return token -> verifier.verify(token)
                .compose(claims -> isRevoked(claims)
                        ? Future.failedFuture(new TokenException(Reason.INVALID, REVOKED))
                        : Future.succeededFuture(claims));
    }

    /**
     * Revokes all tokens of a user that were issued before a time.
     *
     * @return fails with {@link IllegalArgumentException} if the names are none, or the tokens of then have all ended; with {@link
     *     RevocationLimitException}; otherwise when the cluster has no quorum or does not answer, and then it may still take effect
     */
    public Future<Revocation> revokeUser(String org, String sub, Instant issuedBefore) {
        return revoke(() -> new OfUser(org, sub, issuedBefore, issuedBefore.plus(memory)));
    }

    /** Revokes one token. Fails as {@link #revokeUser} does. */
    public Future<Revocation> revokeToken(String jti) {
        return revoke(() -> new OfToken(jti, clock.instant().plus(memory)));
    }

    private Future<Revocation> revoke(Supplier<Revocation> made) {
        Revocation revocation;
        try {
            revocation = made.get();
        } catch (IllegalArgumentException e) {
            return Future.failedFuture(e);
        }
        if (!revocation.endsAt().isAfter(clock.instant())) {
            return Future.failedFuture(
                    new IllegalArgumentException("tokens issued before issuedBefore (milliseconds) have all ended"));
        }
        return keep(revocation).compose(kept -> {
            if (!kept) {
                return Future.failedFuture(new RevocationLimitException());
            }
            List<Revocation> weaker =
                    all().filter(known -> isCoveredBy(known, revocation)).toList();
            take(revocation);
            weaker.forEach(known -> store.remove(known.key()).onFailure(failure -> LOGGER.atDebug()
                    .addKeyValue("cause", failure.toString())
                    .log("a revocation that another one covers stays until it ends")));
            return Future.succeededFuture(revocation);
        });
    }

    private static boolean isCoveredBy(Revocation known, Revocation made) {
        return known instanceof OfUser weaker
                && made instanceof OfUser user
                && weaker.org().equals(user.org())
                && weaker.sub().equals(user.sub())
                && weaker.issuedBefore().isBefore(user.issuedBefore());
    }
}
