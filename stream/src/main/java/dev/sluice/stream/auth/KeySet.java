// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.auth;

import dev.sluice.stream.auth.TokenException.Reason;
import dev.sluice.stream.config.Secret;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.JWTOptions;
import io.vertx.ext.auth.PubSecKeyOptions;
import io.vertx.ext.auth.User;
import io.vertx.ext.auth.authentication.TokenCredentials;
import io.vertx.ext.auth.jwt.JWTAuth;
import io.vertx.ext.auth.jwt.JWTAuthOptions;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An unchanging set of keys that signatures are checked with. Thread-safe. */
final class KeySet {

    private static final Logger LOGGER = LoggerFactory.getLogger(KeySet.class);

    private static final int MAX_TOKEN_LENGTH = 8 * 1024;
    private static final int SEGMENTS = 3;

    private final JWTAuth auth;
    private final Set<String> keyIds;

    private KeySet(Vertx vertx, JWTAuthOptions options, Set<String> keyIds) {
        // Times, issuer and audience are checked by us, with our clock and our messages.
        this.auth = JWTAuth.create(vertx, options.setJWTOptions(new JWTOptions().setIgnoreExpiration(true)));
        this.keyIds = Set.copyOf(keyIds);
    }

    /** The one key made of a secret. */
    static KeySet of(Vertx vertx, Secret secret) {
        return new KeySet(
                vertx,
                new JWTAuthOptions()
                        .addPubSecKey(
                                new PubSecKeyOptions().setAlgorithm("HS256").setBuffer(secret.value())),
                Set.of());
    }

    /**
     * The public signing keys of a JSON Web Key Set (RFC 7517). Symmetric keys are passed over: a set that is public cannot hold
     * a secret, and an attacker could sign with what is in it.
     *
     * @throws IllegalArgumentException when it is no key set or has no usable key
     */
    static KeySet parse(Vertx vertx, Buffer json) {
        JsonArray keys;
        try {
            keys = new JsonObject(json).getJsonArray("keys");
        } catch (DecodeException | ClassCastException e) {
            throw new IllegalArgumentException("not a JSON Web Key Set");
        }
        JWTAuthOptions options = new JWTAuthOptions();
        Set<String> ids = new HashSet<>();
        for (Object element : keys == null ? List.of() : keys) {
            if (element instanceof JsonObject key && isUsable(key)) {
                options.addJwk(publicPart(key));
                Optional.ofNullable(key.getString("kid")).ifPresent(ids::add);
            }
        }
        if (options.getJwks() == null || options.getJwks().isEmpty()) {
            throw new IllegalArgumentException("the key set has no public signing key");
        }
        return new KeySet(vertx, options, ids);
    }

    private static boolean isUsable(JsonObject key) {
        boolean usable = Set.of("RSA", "EC", "OKP").contains(key.getString("kty", ""))
                && "sig".equals(key.getString("use", "sig"));
        if (!usable) {
            LOGGER.atWarn()
                    .addKeyValue("kid", key.getString("kid"))
                    .addKeyValue("kty", key.getString("kty"))
                    .log("a key of the key set is passed over: it is no public signing key");
        }
        return usable;
    }

    private static JsonObject publicPart(JsonObject key) {
        JsonObject copy = key.copy();
        List.of("d", "p", "q", "dp", "dq", "qi", "oth", "k").forEach(copy::remove);
        return copy;
    }

    /** The payload of a token whose signature is good; fails with {@link TokenException}. */
    Future<JsonObject> verify(String token) {
        // An empty or unsigned token must not even reach a library that can be told to accept it.
        if (token.length() > MAX_TOKEN_LENGTH || token.split("\\.", -1).length != SEGMENTS) {
            return Future.failedFuture(invalid());
        }
        try {
            return auth.authenticate(new TokenCredentials(token))
                    .<JsonObject>map(KeySet::payload)
                    .recover(failure -> Future.failedFuture(invalid()));
        } catch (RuntimeException e) {
            // The library throws instead of failing when a time is null or no number, and who knows when else.
            return Future.failedFuture(invalid());
        }
    }

    private static JsonObject payload(User user) {
        return user.attributes().getJsonObject("accessToken");
    }

    /** Whether the token names a key that is not in this set, so that looking for newer keys makes sense. */
    boolean lacksKeyOf(String token) {
        int dot = token.indexOf('.');
        if (keyIds.isEmpty() || dot <= 0 || token.length() > MAX_TOKEN_LENGTH) {
            return false;
        }
        try {
            JsonObject header =
                    new JsonObject(Buffer.buffer(Base64.getUrlDecoder().decode(token.substring(0, dot))));
            return header.getValue("kid") instanceof String kid && !keyIds.contains(kid);
        } catch (IllegalArgumentException | DecodeException | ClassCastException e) {
            return false;
        }
    }

    private static TokenException invalid() {
        return new TokenException(
                Reason.INVALID, "the token is not valid: malformed, or not signed with a key of ours");
    }
}
