// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.auth;

import dev.sluice.stream.ForeignText;
import dev.sluice.stream.StreamKey;
import dev.sluice.stream.auth.TokenException.Reason;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** Turns the payload of a token whose signature is good into {@link Claims}, or refuses it. Thread-safe. */
final class ClaimsReader {

    private static final int MAX_NAME_LENGTH = 256;
    private static final int MAX_SERVICES = 1_000;

    private final AuthOptions options;
    private final Clock clock;

    ClaimsReader(AuthOptions options, Clock clock) {
        this.options = options;
        this.clock = clock;
    }

    /**
     * Reads the payload.
     *
     * @throws TokenException when a claim is missing, wrong or out of time
     */
    Claims read(JsonObject payload) {
        checkIssuer(payload);
        checkAudience(payload);
        Instant now = clock.instant();
        Instant expiresAt = time(payload, "exp").orElseThrow(() -> invalid("the token needs an 'exp'"));
        if (!now.isBefore(expiresAt.plus(options.clockSkew()))) {
            throw new TokenException(Reason.EXPIRED, "the token has ended");
        }
        if (isFuture(payload, "nbf", now) || isFuture(payload, "iat", now)) {
            throw invalid("the token is not valid yet; are the clocks right?");
        }
        Optional<Instant> issuedAt = time(payload, "iat");
        if (options.maxTokenLifetime()
                .filter(longest -> expiresAt.isAfter(issuedAt.orElse(now).plus(longest)))
                .isPresent()) {
            throw invalid("the token lives longer than auth.maxTokenLifetime allows");
        }
        return new Claims(
                org(payload),
                name(payload, "sub"),
                services(payload),
                scopes(payload),
                expiresAt,
                issuedAt,
                name(payload, "jti"));
    }

    private void checkIssuer(JsonObject payload) {
        if (options.issuer().isPresent() && !options.issuer().get().equals(payload.getValue("iss"))) {
            throw invalid("the token is of another issuer");
        }
    }

    private void checkAudience(JsonObject payload) {
        if (options.audience().isEmpty()) {
            return;
        }
        Object audience = payload.getValue("aud");
        String wanted = options.audience().get();
        if (!wanted.equals(audience) && !(audience instanceof JsonArray array && array.contains(wanted))) {
            throw invalid("the token is for another audience");
        }
    }

    private boolean isFuture(JsonObject payload, String claim, Instant now) {
        return time(payload, claim)
                .filter(time -> time.isAfter(now.plus(options.clockSkew())))
                .isPresent();
    }

    private static Optional<Instant> time(JsonObject payload, String claim) {
        if (!payload.containsKey(claim)) {
            return Optional.empty();
        }
        // null is no time either (RFC 7519, 2: a NumericDate is a number)
        if (!(payload.getValue(claim) instanceof Number number) || Math.abs(number.doubleValue()) > 1e11) {
            throw invalid("the claim '" + claim + "' must be a time in seconds");
        }
        return Optional.of(Instant.ofEpochMilli((long) (number.doubleValue() * 1_000)));
    }

    private static Optional<String> org(JsonObject payload) {
        Object org = payload.getValue("org");
        if (org == null) {
            return Optional.empty();
        }
        if (!(org instanceof String text) || !StreamKey.isOrg(text)) {
            throw invalid("the claim 'org' must be a string of 1 to " + StreamKey.MAX_ORG_LENGTH + " characters");
        }
        return Optional.of(text);
    }

    private static Optional<String> name(JsonObject payload, String claim) {
        Object name = payload.getValue(claim);
        if (name == null) {
            return Optional.empty();
        }
        if (!(name instanceof String text)
                || text.isEmpty()
                || text.length() > MAX_NAME_LENGTH
                || !ForeignText.isWellFormed(text)) {
            throw invalid("the claim '" + claim + "' must be a string of 1 to " + MAX_NAME_LENGTH + " characters");
        }
        return Optional.of(text);
    }

    private static Optional<Set<String>> services(JsonObject payload) {
        Object services = payload.getValue("services");
        if (services == null) {
            return Optional.empty();
        }
        if (!(services instanceof JsonArray array) || array.size() > MAX_SERVICES) {
            throw invalid("the claim 'services' must be an array of at most " + MAX_SERVICES + " names");
        }
        Set<String> names = new LinkedHashSet<>();
        for (Object element : array) {
            if (!(element instanceof String name) || !StreamKey.isService(name)) {
                throw invalid("the claim 'services' has an element that is no service name");
            }
            names.add(name);
        }
        return Optional.of(names);
    }

    private static Set<Scope> scopes(JsonObject payload) {
        Object scope = payload.getValue("scope");
        if (scope == null) {
            return Set.of(Scope.READ);
        }
        if (!(scope instanceof String text)) {
            throw invalid("the claim 'scope' must be a string, names with spaces between");
        }
        Set<Scope> scopes = EnumSet.noneOf(Scope.class);
        Arrays.stream(text.split(" ", -1))
                .map(Scope::of)
                .flatMap(Optional::stream)
                .forEach(scopes::add);
        return scopes;
    }

    private static TokenException invalid(String message) {
        return new TokenException(Reason.INVALID, message);
    }
}
