// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.transport.http;

import dev.sluice.gateway.replay.EventFrame;
import dev.sluice.gateway.session.Closing;
import dev.sluice.gateway.session.ControlFrame;
import dev.sluice.gateway.session.Session;
import dev.sluice.gateway.session.SessionOptions;
import dev.sluice.gateway.session.SessionOutput;
import dev.sluice.gateway.session.Transport;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Set;

/**
 * A session's way to its client over one response of server-sent events (WHATWG HTML section 9.2). The response begins with the first
 * frame; until then whatever ends the session is an HTTP status.
 *
 * <p>Frames that move a cursor carry the cursors after them as {@code id}; a browser keeps the last one it saw, so the others need none.
 * What was written and has not been taken by the system counts against {@code writeBufferBytes}; when that is full, nothing more is written
 * until half of it is free. A write that is done is a sign of life, for there is nothing like a ping here.
 */
final class SseOutput implements SessionOutput {

    private static final Set<String> MOVES_CURSOR = Set.of("subscribed", "gap");
    private static final byte[] END = {'\n', '\n'};
    private static final byte[] PING = {':', '\n', '\n'};

    private final Vertx vertx;
    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final int writeBufferBytes;
    private final long closeTimeoutMs;
    private final long retryMs;
    private final SharedBytes staged = new SharedBytes();
    private Session session;
    private long pending;
    private boolean full;
    private boolean begun;
    private boolean closed;

    SseOutput(Vertx vertx, HttpServerRequest request, SessionOptions options, FallbackOptions fallback) {
        this.vertx = vertx;
        this.request = request;
        this.response = request.response();
        this.writeBufferBytes = options.writeBufferBytes();
        this.closeTimeoutMs = options.closeTimeout().toMillis();
        this.retryMs = fallback.sseRetry().toMillis();
    }

    /** The session that writes here; it needs an output before it can be made. */
    void of(Session writer) {
        session = writer;
    }

    @Override
    public boolean isWritable() {
        return !closed && !full && !response.closed();
    }

    @Override
    public int writeEvents(EventFrame frame) {
        begin();
        staged.add("event: event\nid: " + session.cursors() + "\ndata: ")
                .add(frame)
                .add(END);
        count();
        return frame.jsonLength();
    }

    @Override
    public void writeControl(ControlFrame frame) {
        if (closed) {
            return;
        }
        begin();
        String id = MOVES_CURSOR.contains(frame.type()) ? "id: " + session.cursors() + "\n" : "";
        staged.add("event: " + frame.type() + "\n" + id + "data: ")
                .add(frame.json())
                .add(END);
        count();
    }

    private void begin() {
        if (begun) {
            return;
        }
        begun = true;
        response.putHeader("content-type", "text/event-stream; charset=utf-8")
                .putHeader("cache-control", "no-store")
                // nginx would gather what comes, however old it gets
                .putHeader("x-accel-buffering", "no");
        // For HTTP/1.0, which proxies still speak, this means: until the connection ends.
        response.setChunked(true);
        staged.add("retry: " + retryMs + "\n\n");
    }

    private void count() {
        full = pending + staged.length() >= writeBufferBytes;
    }

    @Override
    public void flush() {
        if (staged.isEmpty() || response.closed()) {
            return;
        }
        int length = staged.length();
        pending += length;
        response.write(staged.take()).onComplete((written, failure) -> {
            // A failed write closes the connection, which the session hears of.
            if (failure == null) {
                taken(length);
            }
        });
    }

    private void taken(int length) {
        pending -= length;
        session.onPong();
        if (full && pending + staged.length() <= writeBufferBytes / 2) {
            full = false;
            session.onWritable();
        }
    }

    /** There is no ping, but a comment, which clients skip (section 9.2.5): that it was taken is the sign of life. */
    @Override
    public void ping() {
        if (begun && isWritable()) {
            staged.add(PING);
            count();
            flush();
        }
    }

    @Override
    public void close(Closing closing) {
        if (closed) {
            return;
        }
        if (!begun) {
            closed = true;
            Refusal.send(closing, response);
            return;
        }
        if (isWritable()) {
            writeControl(closing.frameWithCode());
        }
        flush();
        closed = true;
        // Who does not read will not take the rest; who does is to see the end of the connection even if it is
        // HTTP/1.0.
        long timer = vertx.setTimer(closeTimeoutMs, id -> Abort.connectionOf(request));
        response.end().onComplete(ended -> {
            vertx.cancelTimer(timer);
            request.connection().close();
        });
    }

    @Override
    public Transport transport() {
        return Transport.SSE;
    }

    @Override
    public boolean takesDeflated() {
        return false;
    }
}
