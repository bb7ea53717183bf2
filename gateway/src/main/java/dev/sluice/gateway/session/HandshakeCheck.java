// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import dev.sluice.stream.auth.Claims;
import dev.sluice.stream.auth.Scope;
import dev.sluice.stream.auth.TokenException;
import java.util.List;
import java.util.Optional;

/** Whether a token lets a client in, and with which close code it is sent away otherwise. Pure. */
final class HandshakeCheck {

    /**
     * Why not.
     *
     * @param message for the client: what is wrong and what would be right
     */
    record Refusal(CloseReason reason, String message) {}

    private HandshakeCheck() {}

    /** The refusal of a token that is valid but does not allow what is asked for; empty when it does. */
    static Optional<Refusal> check(Claims claims, List<String> services) {
        if (claims.org().isEmpty()) {
            return Optional.of(new Refusal(CloseReason.UNAUTHORIZED, "the token needs an 'org'"));
        }
        if (!claims.has(Scope.READ)) {
            return Optional.of(new Refusal(CloseReason.FORBIDDEN, "the token needs the scope " + Scope.READ.claim()));
        }
        return services.stream()
                .filter(service -> !claims.allowsService(service))
                .findFirst()
                .map(service ->
                        new Refusal(CloseReason.FORBIDDEN, "the token does not cover the service '" + service + "'"));
    }

    /** The refusal of a token that could not be verified; empty when the failure is none of the token's. */
    static Optional<Refusal> refusal(Throwable failure) {
        if (!(failure instanceof TokenException refused)) {
            return Optional.empty();
        }
        CloseReason reason =
                switch (refused.reason()) {
                    case EXPIRED -> CloseReason.TOKEN_EXPIRED;
                    case INVALID -> CloseReason.UNAUTHORIZED;
                    case UNVERIFIABLE -> CloseReason.OVERLOADED;
                };
        return Optional.of(new Refusal(reason, refused.getMessage()));
    }
}
