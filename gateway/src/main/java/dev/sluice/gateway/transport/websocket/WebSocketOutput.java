// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.transport.websocket;

import dev.sluice.gateway.replay.EventFrame;
import dev.sluice.gateway.session.Closing;
import dev.sluice.gateway.session.ControlFrame;
import dev.sluice.gateway.session.SessionOptions;
import dev.sluice.gateway.session.SessionOutput;
import dev.sluice.gateway.session.Transport;
import io.vertx.core.Vertx;
import io.vertx.core.http.ServerWebSocket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A session's way to its client over one WebSocket. */
final class WebSocketOutput implements SessionOutput {

    private static final Logger LOGGER = LoggerFactory.getLogger(WebSocketOutput.class);

    private final Vertx vertx;
    private final ServerWebSocket socket;
    private final SharedFrameChannel channel;
    private final long closeTimeoutMs;
    private final boolean deflate;

    /**
     * An output.
     *
     * @param deflate whether the client takes deflated frames
     */
    WebSocketOutput(
            Vertx vertx, ServerWebSocket socket, SessionOptions options, SharedFrameChannel channel, boolean deflate) {
        this.vertx = vertx;
        this.socket = socket;
        this.channel = channel;
        this.closeTimeoutMs = options.closeTimeout().toMillis();
        this.deflate = deflate;
    }

    @Override
    public boolean isWritable() {
        return channel.isWritable() && !socket.isClosed();
    }

    @Override
    public int writeEvents(EventFrame frame) {
        if (deflate && frame.deflated() != null) {
            channel.writeDeflated(frame);
            return -frame.deflated().length;
        }
        channel.writePlain(frame);
        return frame.jsonLength();
    }

    @Override
    public void writeControl(ControlFrame frame) {
        channel.writeText(frame.json());
    }

    @Override
    public void flush() {
        channel.flush();
    }

    @Override
    public void close(Closing closing) {
        if (isWritable()) {
            writeControl(closing.frame());
        }
        flush();
        // A client that does not read never gets the close frame, and Vert.x starts its own timer only when that was
        // written.
        long timer = vertx.setTimer(closeTimeoutMs, id -> channel.abort());
        socket.close((short) closing.reason().code(), closing.reason().wire()).onComplete((closed, failure) -> {
            vertx.cancelTimer(timer);
            if (failure != null) {
                LOGGER.atTrace().addKeyValue("cause", failure.toString()).log("close was cut short");
            }
        });
    }

    @Override
    public void ping() {
        channel.writePing();
    }

    @Override
    public Transport transport() {
        return Transport.WEBSOCKET;
    }

    @Override
    public boolean takesDeflated() {
        return deflate;
    }
}
