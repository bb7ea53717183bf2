// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import dev.sluice.gateway.replay.EventFrame;
import dev.sluice.stream.auth.Claims;
import dev.sluice.stream.auth.Scope;
import dev.sluice.stream.auth.TokenException;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client, from its connection to its end. It owns who the client is and what it may still say; which streams it follows is with
 * its {@link Subscriptions}, how the bytes go out with its {@link SessionOutput}.
 *
 * <pre>
 * CONNECTED --handshake--> AUTHENTICATING --welcome--> OPEN
 *     any state --close(reason)--> CLOSED
 * </pre>
 *
 * <p>Confined to the event loop of its connection; only {@link #goAway}, {@link #leaveNow} and {@link #id} may be called from elsewhere.
 */
public final class Session {

    private static final Logger LOGGER = LoggerFactory.getLogger(Session.class);

    private enum State {
        CONNECTED,
        AUTHENTICATING,
        OPEN,
        CLOSED
    }

    private final String id;
    private final SessionLoop loop;
    private final SessionServices services;
    private final SessionOutput output;
    private final Optional<String> connectionToken;
    private final Optional<String> address;
    private final Subscriptions subscriptions;
    private final MessageRate rate;
    private final Farewell farewell;
    private final Liveness liveness;
    private final long connectedAt;
    private State state = State.CONNECTED;
    private TokenLease lease;
    private long lastWrite;
    /** Bytes of small frames that were written while the queue was full. */
    private long unread;

    private boolean toFlush;

    Session(
            String id,
            SessionLoop loop,
            SessionOutput output,
            Optional<String> connectionToken,
            Optional<String> address) {
        this.id = id;
        this.loop = loop;
        this.services = loop.services();
        this.output = output;
        this.connectionToken = connectionToken;
        this.address = address;
        this.subscriptions = new Subscriptions(this, loop);
        this.farewell = new Farewell(this, loop);
        this.liveness = new Liveness(SessionLoop.ticks(services.options().heartbeat()));
        this.connectedAt = loop.now();
        this.lastWrite = connectedAt;
        this.rate = new MessageRate(
                services.options().messagesPerSecond(), services.options().messageBurst(), connectedAt);
    }

    /** Names the session in frames and logs. */
    public String id() {
        return id;
    }

    /** From where the client comes, if that is counted. */
    Optional<String> address() {
        return address;
    }

    /** A text message came. */
    public void onText(String text) {
        if (state == State.CLOSED) {
            return;
        }
        liveness.heard();
        if (!rate.take(loop.now())) {
            JsonObject details = new JsonObject().put("retryAfterMs", rate.retryAfterMs());
            close(
                    CloseReason.RATE_LIMITED,
                    "too many messages; the limit is " + services.options().messagesPerSecond() + " a second",
                    details);
            return;
        }
        try {
            dispatch(ClientMessages.parse(text));
        } catch (ClientMessageException e) {
            if (e.isMalformed()) {
                close(CloseReason.PROTOCOL_ERROR, e.getMessage());
            } else {
                error("not_understood", e.getMessage());
            }
        }
        flush();
    }

    /** A message came that is no text. */
    public void onBinary() {
        close(CloseReason.PROTOCOL_ERROR, "messages are text frames");
    }

    /** The client's machine answered a ping. */
    public void onPong() {
        liveness.heard();
    }

    /** A message over the limit came, or began to. */
    public void onTooLarge() {
        close(
                CloseReason.MESSAGE_TOO_LARGE,
                "a message may have at most " + services.options().maxMessageBytes() + " bytes");
    }

    /** Bytes came that are no WebSocket frames. */
    public void onViolation() {
        close(CloseReason.PROTOCOL_ERROR, "the WebSocket framing was violated");
    }

    /** The write queue has room again. Netty tells in the middle of a flush, so the walk begins in a turn of its own. */
    public void onWritable() {
        loop.execute(() -> {
            unread = 0;
            liveness.heard();
            if (state == State.OPEN) {
                subscriptions.pumpAll();
                flush();
            }
        });
    }

    /** The connection is gone. */
    public void onGone() {
        end(CloseReason.CLIENT_GONE);
    }

    /** Asks for what the upgrade's query asked for, as if it had come as a message. */
    public void handshakeFromQuery(QueryHandshake query) {
        try {
            dispatch(query.toMessage());
        } catch (ClientMessageException e) {
            close(CloseReason.PROTOCOL_ERROR, e.getMessage());
        }
        flush();
    }

    private void dispatch(ClientMessage message) {
        if (message instanceof ClientMessage.Handshake handshake) {
            onHandshake(handshake);
        } else if (message instanceof ClientMessage.Ping ping) {
            write(ServerFrames.pong(ping.t()));
        } else if (state != State.OPEN) {
            error("handshake_required", "send a 'handshake' first and wait for 'welcome'");
        } else if (message instanceof ClientMessage.Subscribe subscribe) {
            subscriptions.subscribe(subscribe.services(), subscribe.cursors());
        } else if (message instanceof ClientMessage.Unsubscribe unsubscribe) {
            subscriptions.unsubscribe(unsubscribe.services());
        } else if (message instanceof ClientMessage.Refresh refresh) {
            onRefresh(refresh.token());
        } else if (message instanceof ClientMessage.Processed processed) {
            subscriptions.processed(processed.cursors());
        }
    }

    private void onHandshake(ClientMessage.Handshake handshake) {
        if (state != State.CONNECTED) {
            close(CloseReason.PROTOCOL_ERROR, "there was a handshake already");
            return;
        }
        state = State.AUTHENTICATING;
        Optional<String> token = handshake.token().or(() -> connectionToken);
        if (token.isEmpty()) {
            close(CloseReason.UNAUTHORIZED, "a token is needed, in the handshake or as a bearer token");
            return;
        }
        services.verifier()
                .verify(token.get())
                .onComplete((claims, failure) -> loop.execute(() -> {
                    if (state != State.AUTHENTICATING) {
                        return;
                    }
                    if (failure != null) {
                        refuse(failure);
                    } else {
                        open(claims, handshake);
                    }
                    flush();
                }));
    }

    private void refuse(Throwable failure) {
        Optional<HandshakeCheck.Refusal> refusal = HandshakeCheck.refusal(failure);
        if (refusal.isPresent()) {
            close(refusal.get().reason(), refusal.get().message());
        } else {
            fail("verifying a token", failure);
        }
    }

    private void open(Claims claims, ClientMessage.Handshake handshake) {
        Optional<HandshakeCheck.Refusal> refusal = HandshakeCheck.check(claims, handshake.services());
        if (refusal.isPresent()) {
            close(refusal.get().reason(), refusal.get().message());
            return;
        }
        Future<Optional<String>> limit = services.registry().admit(claims, address);
        if (limit.isComplete()) {
            admitted(claims, handshake, limit.result());
        } else {
            limit.onSuccess(full -> loop.execute(() -> {
                admitted(claims, handshake, full);
                flush();
            }));
        }
    }

    private void admitted(Claims claims, ClientMessage.Handshake handshake, Optional<String> limit) {
        if (state != State.AUTHENTICATING) {
            if (limit.isEmpty()) {
                services.registry().release(claims);
            }
            return;
        }
        if (limit.isPresent()) {
            close(CloseReason.TOO_MANY_CONNECTIONS, limit.get());
            return;
        }
        SessionOptions options = services.options();
        lease = new TokenLease(claims, options.tokenWarning().toMillis(), loop.now());
        state = State.OPEN;
        LOGGER.atDebug()
                .addKeyValue("session", id)
                .addKeyValue("org", claims.org().get())
                .log("session opened");
        write(ServerFrames.welcome(
                id,
                services.node(),
                claims,
                options.heartbeat().toMillis(),
                loop.now(),
                services.flags().get()));
        subscriptions.subscribe(handshake.services(), handshake.cursors());
    }

    private void onRefresh(String token) {
        services.verifier()
                .verify(token)
                .onComplete((claims, failure) -> loop.execute(() -> {
                    if (state != State.OPEN) {
                        return;
                    }
                    if (failure != null) {
                        error(
                                "invalid_token",
                                failure instanceof TokenException ? failure.getMessage() : "try again later");
                    } else if (!lease.isRenewedBy(claims) || !claims.has(Scope.READ)) {
                        error("refresh_refused", "a refresh needs a token of the same sub and org that lasts longer");
                    } else {
                        lease.renew(claims, loop.now());
                        subscriptions.keepOnly(claims::allowsService);
                    }
                    flush();
                }));
    }

    /** Once a second: what depends on time. */
    void tick(long now) {
        SessionOptions options = services.options();
        if (state == State.OPEN) {
            if (lease.isExpired(now)) {
                close(CloseReason.TOKEN_EXPIRED, "the token has ended");
                return;
            }
            if (lease.shouldWarn(now)) {
                long expiresAt = lease.claims().expiresAt().toEpochMilli();
                write(ServerFrames.warning("token_expiring", new JsonObject().put("tokenExpiresAt", expiresAt)));
            }
            checkLiveness();
            subscriptions.sampleLag();
            if (state == State.OPEN && now - lastWrite >= options.heartbeat().toMillis() && output.isWritable()) {
                write(ServerFrames.heartbeat(now, subscriptions.heads()));
            }
        } else if (state != State.CLOSED
                && now - connectedAt >= options.handshakeTimeout().toMillis()) {
            close(CloseReason.HANDSHAKE_TIMEOUT, "no handshake came in time");
        }
        flush();
    }

    private void checkLiveness() {
        switch (liveness.tick()) {
            case PING -> output.ping();
            case GONE -> close(CloseReason.UNRESPONSIVE, "nothing came from you for two heartbeats");
            case FINE -> {}
        }
    }

    /**
     * Tells the client to go elsewhere, and closes if it is still here at the deadline. Any thread.
     *
     * @param reconnectAfterMs this session's own slot, so that not all come at once
     * @param deadlineMs after how long it is closed; at least the slot
     */
    void goAway(GoAwayReason reason, long reconnectAfterMs, long deadlineMs) {
        loop.execute(() -> {
            if (state != State.CLOSED) {
                farewell.begin(reason, reconnectAfterMs, deadlineMs);
            }
        });
    }

    /** Closes a session that was told to go, whatever it was told of the time. Any thread. */
    void leaveNow() {
        loop.execute(farewell::now);
    }

    boolean isWritable() {
        return state == State.OPEN && output.isWritable();
    }

    boolean isOpen() {
        return state == State.OPEN;
    }

    Claims claims() {
        return lease.claims();
    }

    boolean takesDeflated() {
        return output.takesDeflated();
    }

    void deliver(String org, EventFrame frame, boolean replay, boolean upToDate) {
        int written = output.writeEvents(frame);
        wrote();
        services.metrics().delivered(org, frame.size(), Math.abs(written), written < 0, replay);
        if (!replay && upToDate) {
            loop.deliveredLive(frame.timestamp());
        }
    }

    void gap(String service, String epoch, long from, long to, String reason) {
        write(ServerFrames.gap(service, epoch, from, to, reason));
        services.metrics().gap(reason);
        LOGGER.atInfo()
                .addKeyValue("session", id)
                .addKeyValue("org", claims().org().orElse(""))
                .addKeyValue("service", service)
                .addKeyValue("from", from)
                .addKeyValue("to", to)
                .addKeyValue("reason", reason)
                .log("gap announced");
    }

    /** Writes a small frame. Answers to a client that asks but does not read are bounded, too (P8). */
    void write(byte[] json) {
        if (state == State.CLOSED) {
            return;
        }
        if (!output.isWritable()) {
            unread += json.length;
            if (unread > services.options().writeBufferBytes()) {
                close(CloseReason.SLOW_CONSUMER, "answers are not read; reconnect and resume");
                return;
            }
        }
        output.writeControl(json);
        wrote();
    }

    void error(String code, String message) {
        write(ServerFrames.error(code, message, false, new JsonObject()));
    }

    private void wrote() {
        lastWrite = loop.now();
        if (!toFlush) {
            toFlush = true;
            loop.flushLater(this);
        }
    }

    void flush() {
        if (toFlush) {
            toFlush = false;
            output.flush();
        }
    }

    void later(long delayMs, Runnable task) {
        loop.schedule(delayMs, () -> {
            if (state == State.OPEN) {
                task.run();
                flush();
            }
        });
    }

    /** Something of ours broke: the client is told no more than that, the log gets the cause. */
    void fail(String doing, Throwable cause) {
        LOGGER.atError()
                .setCause(cause)
                .addKeyValue("session", id)
                .addKeyValue("doing", doing)
                .log("session failed");
        close(CloseReason.INTERNAL_ERROR, "something went wrong on the server");
    }

    void close(CloseReason reason, String message) {
        close(reason, message, new JsonObject());
    }

    /** The one way out that the server chooses: says why, closes with the code, gives everything back. */
    private void close(CloseReason reason, String message, JsonObject details) {
        if (state == State.CLOSED) {
            return;
        }
        if (output.isWritable()) {
            output.writeControl(ServerFrames.error(reason.wire(), message, true, details));
        }
        output.flush();
        output.close(reason.code(), reason.wire());
        end(reason);
    }

    private void end(CloseReason reason) {
        if (state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        farewell.end();
        subscriptions.endAll();
        if (lease != null) {
            services.registry().release(lease.claims());
        }
        loop.closed(this);
        services.metrics().closed(reason.wire());
        LOGGER.atDebug()
                .addKeyValue("session", id)
                .addKeyValue("org", lease == null ? "" : lease.claims().org().orElse(""))
                .addKeyValue("code", reason.code())
                .addKeyValue("reason", reason.wire())
                .log("session closed");
    }
}
