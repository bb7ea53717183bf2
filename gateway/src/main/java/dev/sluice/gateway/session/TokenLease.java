// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import dev.sluice.stream.auth.Claims;
import dev.sluice.stream.revocation.RevocationList;
import java.util.Optional;
import java.util.function.Predicate;

/** How long the session's token still lasts. Confined to the session's loop. */
final class TokenLease {

    private final long warningMs;
    private final Predicate<Claims> revoked;
    private Claims claims;
    private long warnAt;
    private boolean warned;

    TokenLease(Claims claims, long warningMs, Predicate<Claims> revoked, long now) {
        this.warningMs = warningMs;
        this.revoked = revoked;
        renew(claims, now);
    }

    /** Goes on with the claims of another token. */
    void renew(Claims next, long now) {
        claims = next;
        long expiresAt = next.expiresAt().toEpochMilli();
        // A token that lives shorter than the warning time is warned of half-way, not at once.
        warnAt = expiresAt - Math.min(warningMs, Math.max(0, expiresAt - now) / 2);
        warned = false;
    }

    Claims claims() {
        return claims;
    }

    /** Why the session may not go on with it; empty while it may. */
    Optional<HandshakeCheck.Refusal> ended(long now) {
        if (revoked.test(claims)) {
            return Optional.of(new HandshakeCheck.Refusal(CloseReason.UNAUTHORIZED, RevocationList.REVOKED));
        }
        return now >= claims.expiresAt().toEpochMilli()
                ? Optional.of(new HandshakeCheck.Refusal(CloseReason.TOKEN_EXPIRED, "the token has ended"))
                : Optional.empty();
    }

    /** True once, when it is time to warn. */
    boolean shouldWarn(long now) {
        if (warned || now < warnAt) {
            return false;
        }
        warned = true;
        return true;
    }

    /** Whether another token may carry this session on: the same user of the same org, and later. */
    boolean isRenewedBy(Claims next) {
        return next.org().equals(claims.org())
                && next.subject().equals(claims.subject())
                && next.expiresAt().isAfter(claims.expiresAt());
    }
}
