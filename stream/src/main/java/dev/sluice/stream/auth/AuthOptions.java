// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.auth;

import dev.sluice.stream.config.Secret;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * How tokens are verified. Keys begin with {@code auth}. Exactly one of {@code secret}, {@code jwksFile} and {@code jwksUrl} is needed to start.
 *
 * @param secret for HS256, at least 32 bytes; for development and for services that sign their own tokens
 * @param jwksFile a file with a JSON Web Key Set, read again every {@code jwksRefresh}
 * @param jwksUrl where a JSON Web Key Set is fetched, https, or http on this machine only
 * @param jwksRefresh how often the key set is read again; 5 m, 1 s to 1 d
 * @param issuer what {@code iss} must be; not checked when empty
 * @param audience what {@code aud} must contain; not checked when empty
 * @param clockSkew how far the clocks of issuer and gateway may be apart; 5 s, 0 to 5 m
 * @param maxTokenLifetime how long after its {@code iat} (without one: after now) a token may end; one that lives longer is refused. Revocations are
 *     remembered so long, and for ten years when it is empty, as by default; 1 m to 366 d
 */
public record AuthOptions(
        Optional<Secret> secret,
        Optional<Path> jwksFile,
        Optional<String> jwksUrl,
        Duration jwksRefresh,
        Optional<String> issuer,
        Optional<String> audience,
        Duration clockSkew,
        Optional<Duration> maxTokenLifetime) {

    /** The fewest bytes of a secret: as many as the hash has. */
    public static final int MIN_SECRET_BYTES = 32;

    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    /**
     * Checks each value; whether there is a key at all is checked by {@link #requireKeys}.
     *
     * @throws IllegalArgumentException naming the key and what it may be
     */
    public AuthOptions {
        if (secret.isPresent() && secret.get().value().getBytes(StandardCharsets.UTF_8).length < MIN_SECRET_BYTES) {
            throw new IllegalArgumentException("auth.secret must have at least " + MIN_SECRET_BYTES
                    + " bytes; make one with: openssl rand -base64 48");
        }
        if (jwksUrl.isPresent() && !isSafe(jwksUrl.get())) {
            throw new IllegalArgumentException("auth.jwksUrl must be an https URL, or http on this machine");
        }
        check("jwksRefresh", jwksRefresh, Duration.ofSeconds(1), Duration.ofDays(1));
        check("clockSkew", clockSkew, Duration.ZERO, Duration.ofMinutes(5));
        maxTokenLifetime.ifPresent(
                value -> check("maxTokenLifetime", value, Duration.ofMinutes(1), Duration.ofDays(366)));
    }

    /** No key yet; the other defaults given with each key. */
    public static AuthOptions defaults() {
        return new AuthOptions(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Duration.ofMinutes(5),
                Optional.empty(),
                Optional.empty(),
                Duration.ofSeconds(5),
                Optional.empty());
    }

    /** The same with a secret. */
    public AuthOptions withSecret(Secret newSecret) {
        return new AuthOptions(
                Optional.of(newSecret),
                Optional.empty(),
                Optional.empty(),
                jwksRefresh,
                issuer,
                audience,
                clockSkew,
                maxTokenLifetime);
    }

    /**
     * Checks that there is one source of keys, and that it is not the secret that everybody knows.
     *
     * @throws IllegalArgumentException saying what to set
     */
    public void requireKeys() {
        long sources =
                Stream.of(secret, jwksFile, jwksUrl).filter(Optional::isPresent).count();
        if (sources != 1) {
            throw new IllegalArgumentException("set exactly one of auth.secret, auth.jwksFile and auth.jwksUrl ("
                    + sources + " are set), for example SLUICE_AUTH_SECRET=$(openssl rand -base64 48)");
        }
        if (Objects.equals(secret.orElse(null), DevelopmentTokens.DEMO_SECRET)) {
            throw new IllegalArgumentException("auth.secret is the development secret, which everybody knows; it is for"
                    + " './sluice demo' only. Make one with: openssl rand -base64 48");
        }
    }

    private static boolean isSafe(String url) {
        try {
            URI uri = URI.create(url);
            return uri.getHost() != null
                    && ("https".equals(uri.getScheme())
                            || ("http".equals(uri.getScheme()) && LOOPBACK.contains(uri.getHost())));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static void check(String key, Duration value, Duration min, Duration max) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new IllegalArgumentException(
                    "auth." + key + " must be " + min.toSeconds() + " s to " + max.toSeconds() + " s, is " + value);
        }
    }
}
