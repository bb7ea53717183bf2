// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.auth;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * What a verified token allows (PROTOCOL section 3).
 *
 * @param org the tenant; sessions require it, a publisher's token may lack it and then publishes for every org
 * @param subject the user, the {@code sub} claim
 * @param services the services it is limited to, or empty for no limit
 * @param scopes what it may do; empty when the token names only scopes that are not ours
 * @param expiresAt when it ends
 * @param issuedAt when it was made, the {@code iat} claim
 * @param tokenId which one it is, the {@code jti} claim
 */
public record Claims(
        Optional<String> org,
        Optional<String> subject,
        Optional<Set<String>> services,
        Set<Scope> scopes,
        Instant expiresAt,
        Optional<Instant> issuedAt,
        Optional<String> tokenId) {

    /** Copies the sets. */
    public Claims {
        services = services.map(Set::copyOf);
        scopes = Set.copyOf(scopes);
    }

    /** Claims of a token that says neither when it was made nor which one it is. */
    public Claims(
            Optional<String> org,
            Optional<String> subject,
            Optional<Set<String>> services,
            Set<Scope> scopes,
            Instant expiresAt) {
        this(org, subject, services, scopes, expiresAt, Optional.empty(), Optional.empty());
    }

    /** Whether the token covers the service. */
    public boolean allowsService(String service) {
        return services.isEmpty() || services.get().contains(service);
    }

    /** Whether the token has the scope. */
    public boolean has(Scope scope) {
        return scopes.contains(scope);
    }
}
