// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.auth;

import dev.sluice.stream.config.Secret;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.JWTOptions;
import io.vertx.ext.auth.PubSecKeyOptions;
import io.vertx.ext.auth.jwt.JWTAuth;
import io.vertx.ext.auth.jwt.JWTAuthOptions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Mints HS256 tokens for demonstrations, tests and development. Thread-safe. */
public final class DevelopmentTokens {

    /** The secret of the one-process demo. Everybody knows it, so nothing else accepts it. */
    public static final Secret DEMO_SECRET = new Secret("sluice-development-secret-not-for-production");

    private final JWTAuth auth;
    private final Clock clock;

    /** A mint with the given secret. */
    public DevelopmentTokens(Secret secret, Clock clock) {
        this.auth = JWTAuth.create(
                null, // needed to read key stores only
                new JWTAuthOptions()
                        .addPubSecKey(
                                new PubSecKeyOptions().setAlgorithm("HS256").setBuffer(secret.value())));
        this.clock = clock;
    }

    /** A token that says what the claims say. */
    public String mint(Claims claims) {
        JsonObject payload = new JsonObject()
                .put("iat", claims.issuedAt().orElse(clock.instant()).getEpochSecond())
                .put("exp", claims.expiresAt().getEpochSecond());
        claims.org().ifPresent(org -> payload.put("org", org));
        claims.subject().ifPresent(subject -> payload.put("sub", subject));
        claims.tokenId().ifPresent(id -> payload.put("jti", id));
        claims.services()
                .ifPresent(
                        services -> payload.put("services", new JsonArray(new ArrayList<>(new TreeSet<>(services)))));
        payload.put("scope", claims.scopes().stream().sorted().map(Scope::claim).collect(Collectors.joining(" ")));
        return auth.generateToken(
                payload, new JWTOptions().setAlgorithm("HS256").setNoTimestamp(true));
    }
}
