// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import dev.sluice.stream.auth.Claims;
import dev.sluice.stream.auth.Scope;
import dev.sluice.stream.auth.TokenException;
import io.vertx.core.Future;
import java.util.Optional;

/**
 * The tokens of one client: the one of its handshake, which opens the session or closes it, and those that it is refreshed with. Confined
 * to the session's loop.
 */
final class Entrance {

    private final Session session;
    private final SessionLoop loop;
    private final SessionServices services;
    private final Optional<String> connectionToken;

    /** An entrance; a token in the handshake takes the place of the one that came with the connection. */
    Entrance(Session session, SessionLoop loop, Optional<String> connectionToken) {
        this.session = session;
        this.loop = loop;
        this.services = loop.services();
        this.connectionToken = connectionToken;
    }

    /** Verifies who it is, and opens the session if it may come. The session is authenticating. */
    void enter(ClientMessage.Handshake handshake) {
        Optional<String> token = handshake.token().or(() -> connectionToken);
        if (token.isEmpty()) {
            session.close(CloseReason.UNAUTHORIZED, "a token is needed, in the handshake or as a bearer token");
            return;
        }
        services.verifier()
                .verify(token.get())
                .onComplete((claims, failure) -> loop.execute(() -> {
                    if (!session.isAuthenticating()) {
                        return;
                    }
                    if (failure != null) {
                        refuse(failure);
                    } else {
                        check(claims, handshake);
                    }
                    session.flush();
                }));
    }

    private void refuse(Throwable failure) {
        Optional<HandshakeCheck.Refusal> refusal = HandshakeCheck.refusal(failure);
        if (refusal.isPresent()) {
            session.close(refusal.get().reason(), refusal.get().message());
        } else {
            session.fail("verifying a token", failure);
        }
    }

    private void check(Claims claims, ClientMessage.Handshake handshake) {
        Optional<HandshakeCheck.Refusal> refusal = HandshakeCheck.check(claims, handshake.services());
        if (refusal.isPresent()) {
            session.close(refusal.get().reason(), refusal.get().message());
            return;
        }
        Future<Optional<String>> limit = services.registry().admit(claims, session.address(), session.transport());
        if (limit.isComplete()) {
            admitted(claims, handshake, limit.result());
        } else {
            limit.onSuccess(full -> loop.execute(() -> {
                admitted(claims, handshake, full);
                session.flush();
            }));
        }
    }

    private void admitted(Claims claims, ClientMessage.Handshake handshake, Optional<String> limit) {
        if (!session.isAuthenticating()) {
            if (limit.isEmpty()) {
                services.registry().release(claims, session.transport());
            }
            return;
        }
        if (limit.isPresent()) {
            session.close(CloseReason.TOO_MANY_CONNECTIONS, limit.get());
            return;
        }
        session.open(claims, handshake);
    }

    /** Goes on with another token, if it is of the same user and lasts longer; says why not otherwise. The session is open. */
    void refresh(String token) {
        services.verifier()
                .verify(token)
                .onComplete((claims, failure) -> loop.execute(() -> {
                    if (!session.isOpen()) {
                        return;
                    }
                    if (failure != null) {
                        session.error(
                                ErrorCode.INVALID_TOKEN,
                                failure instanceof TokenException ? failure.getMessage() : "try again later");
                    } else if (!claims.has(Scope.READ) || !session.renew(claims)) {
                        session.error(
                                ErrorCode.REFRESH_REFUSED,
                                "a refresh needs a token of the same sub and org that lasts longer");
                    }
                    session.flush();
                }));
    }
}
