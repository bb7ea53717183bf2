// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import io.vertx.core.json.JsonObject;

/** What one client says: read, bounded in rate, and handed to whom it concerns. Confined to the session's loop. */
final class Inbox {

    private final Session session;
    private final SessionLoop loop;
    private final SessionOptions options;
    private final Entrance entrance;
    private final Subscriptions subscriptions;
    private final MessageRate rate;

    Inbox(Session session, SessionLoop loop, Entrance entrance, Subscriptions subscriptions) {
        this.session = session;
        this.loop = loop;
        this.options = loop.services().options();
        this.entrance = entrance;
        this.subscriptions = subscriptions;
        this.rate = new MessageRate(options.messagesPerSecond(), options.messageBurst(), loop.now());
    }

    /** A text message of a session that is not closed. */
    void text(String text) {
        if (!rate.take(loop.now())) {
            session.close(
                    CloseReason.RATE_LIMITED,
                    "too many messages; the limit is " + options.messagesPerSecond() + " a second",
                    new JsonObject().put("retryAfterMs", rate.retryAfterMs()));
            return;
        }
        try {
            dispatch(ClientMessages.parse(text));
        } catch (ClientMessageException e) {
            if (e.isMalformed()) {
                session.close(CloseReason.PROTOCOL_ERROR, e.getMessage());
            } else {
                session.error(ErrorCode.NOT_UNDERSTOOD, e.getMessage());
            }
        }
        session.flush();
    }

    /** A handshake that came with the request. */
    void query(QueryHandshake query) {
        try {
            dispatch(query.toMessage());
        } catch (ClientMessageException e) {
            session.close(CloseReason.PROTOCOL_ERROR, e.getMessage());
        }
        session.flush();
    }

    private void dispatch(ClientMessage message) {
        if (message instanceof ClientMessage.Handshake handshake) {
            if (session.beginHandshake()) {
                entrance.enter(handshake);
            }
        } else if (message instanceof ClientMessage.Ping ping) {
            session.write(ServerFrames.pong(ping.t()));
        } else if (!session.isOpen()) {
            session.error(ErrorCode.HANDSHAKE_REQUIRED, "send a 'handshake' first and wait for 'welcome'");
        } else if (message instanceof ClientMessage.Subscribe subscribe) {
            subscriptions.subscribe(subscribe.services(), subscribe.cursors());
        } else if (message instanceof ClientMessage.Unsubscribe unsubscribe) {
            subscriptions.unsubscribe(unsubscribe.services());
        } else if (message instanceof ClientMessage.Refresh refresh) {
            entrance.refresh(refresh.token());
        } else if (message instanceof ClientMessage.Processed processed) {
            subscriptions.processed(processed.cursors());
        }
    }
}
