// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.check;

import dev.sluice.stream.auth.Claims;
import dev.sluice.stream.auth.DevelopmentTokens;
import dev.sluice.stream.auth.Scope;
import dev.sluice.stream.config.Secret;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BinaryOperator;

/**
 * The tokens of a check.
 *
 * @param orgs whose they are
 * @param of a token of the org and, if there is a choice, the user, that may read and publish, as it is at the moment
 */
record Tokens(List<String> orgs, BinaryOperator<String> of) {

    private static final Duration LIFETIME = Duration.ofHours(1);

    /**
     * One token that is read from a file again for every connection, so that it can be renewed.
     *
     * @throws IOException when it cannot be read or says no org
     */
    static Tokens fromFile(Path file) throws IOException {
        String org = orgOf(Files.readString(file).strip());
        return new Tokens(List.of(org), (ignored, user) -> {
            try {
                return Files.readString(file).strip();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
    }

    /**
     * Tokens minted with a development secret, so that several orgs can be told apart, and every subscriber is a user of its own: who has
     * as many connections as one user may have is refused one now and then, when it changes nodes.
     */
    static Tokens minted(Path secretFile, List<String> orgs) throws IOException {
        DevelopmentTokens mint =
                new DevelopmentTokens(new Secret(Files.readString(secretFile).strip()), Clock.systemUTC());
        return new Tokens(
                orgs,
                (org, user) -> mint.mint(new Claims(
                        Optional.of(org),
                        Optional.of(user),
                        Optional.empty(),
                        Set.of(Scope.READ, Scope.PUBLISH),
                        Instant.now().plus(LIFETIME))));
    }

    private static String orgOf(String token) throws IOException {
        String[] parts = token.split("\\.", -1);
        try {
            String payload = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
            String org = new JsonObject(payload).getString("org");
            if (org != null) {
                return org;
            }
        } catch (ArrayIndexOutOfBoundsException | IllegalArgumentException | DecodeException | ClassCastException e) {
            throw new IOException("the token is not a JWT", e);
        }
        throw new IOException("the token has no org");
    }
}
