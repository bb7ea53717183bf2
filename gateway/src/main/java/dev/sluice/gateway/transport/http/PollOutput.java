// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.transport.http;

import dev.sluice.gateway.replay.EventFrame;
import dev.sluice.gateway.session.Closing;
import dev.sluice.gateway.session.ControlFrame;
import dev.sluice.gateway.session.Session;
import dev.sluice.gateway.session.SessionOutput;
import dev.sluice.gateway.session.Transport;
import dev.sluice.stream.http.Problem;
import dev.sluice.stream.http.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A session's way to its client over one answer. Frames are gathered until all streams are attached and there is something that the client
 * does not know; then, or when the time is over, it is answered once, with the cursors after all that is in the answer. Nothing is written after
 * that, so the cursors are all the state there is between two polls.
 *
 * <p>The session lives until the answer is on its way: who does not read it goes on counting against the limits.
 */
final class PollOutput implements SessionOutput {

    /** Of no use to a client that is not connected: how the session is, and what the answer itself tells. */
    private static final Set<String> NO_NEWS = Set.of("welcome", "heartbeat", "warning", "pong");

    private static final String CURSOR = "Sluice-Cursor";
    private static final String FLAGS = "Sluice-Flags";
    private static final Duration REFUSED_RETRY = Duration.ofSeconds(30);

    private final Vertx vertx;
    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final long readTimeoutMs;
    private final int maxBytes;
    private final Supplier<JsonObject> flags;
    private final SharedBytes frames = new SharedBytes();
    private Session session;
    private boolean expired;
    private boolean answered;

    /**
     * An output.
     *
     * @param readTimeoutMs how long the client may take to read its answer
     * @param maxBytes when it is full
     * @param flags the feature flags of now, which go with every answer: a client between two polls cannot be told
     */
    PollOutput(Vertx vertx, HttpServerRequest request, long readTimeoutMs, int maxBytes, Supplier<JsonObject> flags) {
        this.vertx = vertx;
        this.request = request;
        this.response = request.response();
        this.readTimeoutMs = readTimeoutMs;
        this.maxBytes = maxBytes;
        this.flags = flags;
    }

    /** The session that writes here; it needs an output before it can be made. */
    void of(Session writer) {
        session = writer;
    }

    @Override
    public boolean isWritable() {
        return !answered && frames.length() < maxBytes && !response.closed();
    }

    @Override
    public int writeEvents(EventFrame frame) {
        next().add(frame);
        return frame.jsonLength();
    }

    @Override
    public void writeControl(ControlFrame frame) {
        if (answered || NO_NEWS.contains(frame.type()) || isExpected(frame)) {
            return;
        }
        if ("error".equals(frame.type())) {
            refuse(frame);
        } else {
            next().add(frame.json());
        }
    }

    private SharedBytes next() {
        return frames.isEmpty() ? frames : frames.add(",");
    }

    /** That a stream goes on where the client was is what every poll says. */
    private static boolean isExpected(ControlFrame frame) {
        return "subscribed".equals(frame.type())
                && Boolean.TRUE.equals(json(frame).getBoolean("recovered"));
    }

    private static JsonObject json(ControlFrame frame) {
        return new JsonObject(Buffer.buffer(frame.json()));
    }

    /** One stream cannot be had. Told among frames it would end every poll at once; as a status it has the client wait. */
    private void refuse(ControlFrame frame) {
        JsonObject error = json(frame);
        answered = true;
        Problem.of(ProblemType.of(error.getString("code")), error.getString("message"))
                .withStatus(429)
                .withRetryAfter(REFUSED_RETRY)
                .send(response)
                .onComplete(done -> session.onAnswered());
    }

    @Override
    public void flush() {
        if (!answered && session.isAttached() && (expired || !frames.isEmpty())) {
            answer();
        }
    }

    /** The time is over: answers now if all streams are attached, else when they are. */
    void expire() {
        expired = true;
        flush();
    }

    /** Even the time for attaching is over. */
    void giveUp() {
        if (!answered && session.isOpen()) {
            answer();
        }
    }

    private void answer() {
        answered = true;
        String cursors = session.cursors();
        response.putHeader("cache-control", "no-store")
                .putHeader(FLAGS, flags.get().encode());
        if (!cursors.isEmpty()) {
            response.putHeader(CURSOR, cursors);
        }
        if (frames.isEmpty()) {
            sent(response.setStatusCode(204).end());
            return;
        }
        SharedBytes body =
                new SharedBytes().add("{\"frames\":[").addAll(frames).add("],\"cursor\":\"" + cursors + "\"}");
        response.putHeader("content-type", "application/json");
        sent(response.end(body.take()));
    }

    private void sent(Future<Void> answer) {
        long timer = vertx.setTimer(readTimeoutMs, id -> Abort.connectionOf(request));
        answer.onComplete(done -> {
            vertx.cancelTimer(timer);
            session.onAnswered();
        });
    }

    /** Nothing can be known of a client that waits for its answer; that it is gone the connection tells. */
    @Override
    public void ping() {
        session.onPong();
    }

    /** What was gathered is worth more than the reason: the next poll will be told that. */
    @Override
    public void close(Closing closing) {
        if (answered) {
            return;
        }
        if (!frames.isEmpty()) {
            answer();
        } else {
            answered = true;
            Refusal.send(closing, response);
        }
    }

    @Override
    public Transport transport() {
        return Transport.POLL;
    }

    @Override
    public boolean takesDeflated() {
        return false;
    }
}
