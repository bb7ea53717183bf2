// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import dev.sluice.gateway.replay.EventFrame;
import dev.sluice.stream.auth.Claims;
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
    private final Optional<String> address;
    private final Inbox inbox;
    private final SessionWriter writer;
    private final Subscriptions subscriptions;
    private final Farewell farewell;
    private final Liveness liveness;
    private final long connectedAt;
    private State state = State.CONNECTED;
    private TokenLease lease;

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
        this.address = address;
        this.writer = new SessionWriter(this, loop, output);
        this.subscriptions = new Subscriptions(this, loop);
        this.inbox = new Inbox(this, loop, new Entrance(this, loop, connectionToken), subscriptions);
        this.farewell = new Farewell(this, loop);
        this.liveness = new Liveness(SessionLoop.ticks(services.options().heartbeat()));
        this.connectedAt = loop.now();
    }

    /** Names the session in frames and logs. */
    public String id() {
        return id;
    }

    Transport transport() {
        return output.transport();
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
        inbox.text(text);
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
            writer.drained();
            liveness.heard();
            if (state == State.OPEN) {
                subscriptions.pumpAll();
                flush();
            }
        });
    }

    /** The one answer that the client asked for is on its way. */
    public void onAnswered() {
        end(CloseReason.ANSWERED);
    }

    /** Whether all streams that were asked for are followed, or were refused. */
    public boolean isAttached() {
        return state == State.OPEN && subscriptions.areAttached();
    }

    /**
     * The cursors of all streams, as a vector (PROTOCOL section 1): after all that was written so far. What is not followed yet stands there
     * with the cursor that the client gave.
     */
    public String cursors() {
        return subscriptions.vector();
    }

    /** The connection is gone. */
    public void onGone() {
        end(CloseReason.CLIENT_GONE);
    }

    /** Asks for what the upgrade's query asked for, as if it had come as a message. */
    public void handshakeFromQuery(QueryHandshake query) {
        inbox.query(query);
    }

    /** A handshake came; false when that closed the session, for there was one already. */
    boolean beginHandshake() {
        if (state != State.CONNECTED) {
            close(CloseReason.PROTOCOL_ERROR, "there was a handshake already");
            return false;
        }
        state = State.AUTHENTICATING;
        return true;
    }

    /** The flags are other ones. */
    void tellFlags() {
        if (state == State.OPEN) {
            write(ServerFrames.flags(services.flags().get()));
            flush();
        }
    }

    boolean isAuthenticating() {
        return state == State.AUTHENTICATING;
    }

    /** Welcomes a client that may come. */
    void open(Claims claims, ClientMessage.Handshake handshake) {
        SessionOptions options = services.options();
        lease = new TokenLease(claims, options.tokenWarning().toMillis(), services.revoked(), loop.now());
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

    /** Goes on with the claims of another token; false when they may not carry this session on. */
    boolean renew(Claims claims) {
        if (!lease.isRenewedBy(claims)) {
            return false;
        }
        lease.renew(claims, loop.now());
        subscriptions.keepOnly(claims::allowsService);
        return true;
    }

    /** Once a second: what depends on time. */
    void tick(long now) {
        SessionOptions options = services.options();
        if (state == State.OPEN) {
            Optional<HandshakeCheck.Refusal> ended = lease.ended(now);
            if (ended.isPresent()) {
                close(ended.get().reason(), ended.get().message());
                return;
            }
            if (lease.shouldWarn(now)) {
                long expiresAt = lease.claims().expiresAt().toEpochMilli();
                write(ServerFrames.warning("token_expiring", new JsonObject().put("tokenExpiresAt", expiresAt)));
            }
            liveness.check(this, writer);
            subscriptions.sampleLag();
            if (state == State.OPEN && writer.isIdle(now, options.heartbeat().toMillis())) {
                write(ServerFrames.heartbeat(now, subscriptions.heads()));
            }
        } else if (state != State.CLOSED
                && now - connectedAt >= options.handshakeTimeout().toMillis()) {
            close(CloseReason.HANDSHAKE_TIMEOUT, "no handshake came in time");
        }
        flush();
    }

    /** What an operator may see of it. On its loop. */
    SessionReport report() {
        return SessionReport.of(this, lease, connectedAt, writer.lastWrite(), subscriptions);
    }

    Subscriptions subscriptions() {
        return subscriptions;
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

    /** Whether the client has been welcomed and not yet parted from. */
    public boolean isOpen() {
        return state == State.OPEN;
    }

    Claims claims() {
        return lease.claims();
    }

    boolean takesDeflated() {
        return output.takesDeflated();
    }

    void deliver(String org, EventFrame frame, boolean replay, boolean upToDate) {
        int written = writer.events(frame);
        services.metrics().delivered(org, frame.size(), Math.abs(written), written < 0, replay);
        if (!replay && upToDate) {
            loop.deliveredLive(frame.timestamp());
        }
    }

    /** Writes a small frame. Answers to a client that asks but does not read are bounded, too (P8). */
    void write(ControlFrame frame) {
        if (state == State.CLOSED) {
            return;
        }
        if (!writer.small(frame)) {
            close(CloseReason.SLOW_CONSUMER, "answers are not read; reconnect and resume");
        }
    }

    void error(ErrorCode code, String message) {
        write(ServerFrames.error(code.wire(), message, false, new JsonObject()));
    }

    void flush() {
        writer.flush();
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
    void close(CloseReason reason, String message, JsonObject details) {
        if (state == State.CLOSED) {
            return;
        }
        output.close(new Closing(reason, message, details));
        end(reason);
    }

    private void end(CloseReason reason) {
        if (state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        farewell.end();
        if (lease != null) {
            loop.remember(new EndedSession(report(), reason, loop.now(), subscriptions.places()));
            services.registry().release(lease.claims(), transport());
        }
        subscriptions.endAll();
        loop.closed(this, reason);
        LOGGER.atDebug()
                .addKeyValue("session", id)
                .addKeyValue("org", lease == null ? "" : lease.claims().org().orElse(""))
                .addKeyValue("code", reason.code())
                .addKeyValue("reason", reason.wire())
                .log("session closed");
    }
}
