// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.auth;

import dev.sluice.stream.auth.TokenException.Reason;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the verifier that the options describe. */
public final class TokenVerifiers {

    private static final Logger LOGGER = LoggerFactory.getLogger(TokenVerifiers.class);

    private TokenVerifiers() {}

    /**
     * Makes a verifier. A key file that cannot be read fails at once; a URL that cannot be read yet does not, for the identity provider
     * may start later: until then every token is {@link Reason#UNVERIFIABLE}.
     *
     * @param options with exactly one source of keys
     */
    public static Future<TokenVerifier> create(Vertx vertx, AuthOptions options, Clock clock) {
        ClaimsReader claims = new ClaimsReader(options, clock);
        if (options.secret().isPresent()) {
            KeySet keys = KeySet.of(vertx, options.secret().get());
            return Future.succeededFuture(token -> keys.verify(token).map(claims::read));
        }
        boolean file = options.jwksFile().isPresent();
        KeySource source = file
                ? KeySource.ofFile(vertx, options.jwksFile().get())
                : KeySource.ofUrl(vertx, options.jwksUrl().orElseThrow());
        RotatingKeys keys = new RotatingKeys(vertx, source, options.jwksRefresh(), clock);
        TokenVerifier verifier = token -> verify(token, keys).map(claims::read);
        return keys.readNow().map(verifier).recover(failure -> {
            if (file) {
                keys.close();
                return Future.failedFuture(new IllegalArgumentException(
                        "auth.jwksFile " + options.jwksFile().get() + " cannot be used: " + failure.getMessage()));
            }
            LOGGER.atWarn().log("no token can be verified until the key set (auth.jwksUrl) can be read");
            return Future.succeededFuture(verifier);
        });
    }

    private static Future<JsonObject> verify(String token, RotatingKeys rotating) {
        KeySet keys = rotating.keys();
        if (keys != null && !keys.lacksKeyOf(token)) {
            return keys.verify(token);
        }
        return rotating.readIfRested().compose(read -> {
            KeySet newest = rotating.keys();
            return newest == null
                    ? Future.failedFuture(
                            new TokenException(Reason.UNVERIFIABLE, "tokens cannot be verified now; try again later"))
                    : newest.verify(token);
        });
    }
}
