// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.transport.websocket;

import dev.sluice.gateway.replay.EventFrame;
import dev.sluice.gateway.replay.WebSocketFraming;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.Utf8FrameValidator;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.internal.http.WebSocketInternal;

/**
 * Writes finished frames, shared by many sessions, straight to a WebSocket's channel. The only class that knows Netty and Vert.x
 * internals; a test fails if an upgrade breaks what it relies on:
 *
 * <ul>
 *   <li>{@link WebSocketInternal#channelHandlerContext()} gives the context of the last handler, and a {@link ByteBuf} written there passes Netty's
 *       frame encoder untouched, for it takes WebSocket frames only;
 *   <li>Netty's frame decoder is called "wsdecoder". Ours takes its place, for Vert.x builds one that refuses the reserved bits unless Netty
 *       negotiates the extension; the {@link MessageAssembler} after it judges them;
 *   <li>close and pong frames are Vert.x's business; they are never deflated, so they may come between ours.
 * </ul>
 *
 * <p>Confined to the connection's event loop. Why: docs/adr/0003.
 */
final class SharedFrameChannel {

    /** FIN, opcode 9, no payload (RFC 6455, section 5.2). */
    private static final ByteBuf PING = Unpooled.unreleasableBuffer(
            Unpooled.directBuffer(2).writeShort(0x8900).asReadOnly());

    private static final String FRAME_DECODER = "wsdecoder";
    private static final String LAST_HANDLER = "handler";

    private final ChannelHandlerContext context;
    private final Channel channel;
    private final SocketMemory memory;

    SharedFrameChannel(
            ServerWebSocket socket,
            int writeBufferBytes,
            int maxFrameBytes,
            MessageAssembler assembler,
            SocketMemory memory,
            Events events) {
        this.memory = memory;
        this.context = ((WebSocketInternal) socket).channelHandlerContext();
        this.channel = context.channel();
        channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(writeBufferBytes / 2, writeBufferBytes));
        WebSocketDecoderConfig decoder = WebSocketDecoderConfig.newBuilder()
                .allowExtensions(true)
                .maxFramePayloadLength(maxFrameBytes)
                .closeOnProtocolViolation(false)
                .build();
        channel.pipeline().replace(FRAME_DECODER, FRAME_DECODER, new WebSocket13FrameDecoder(decoder));
        channel.pipeline()
                .addBefore(LAST_HANDLER, "sluiceMessages", assembler)
                .addBefore(LAST_HANDLER, "sluiceUtf8", new Utf8FrameValidator(false))
                .addBefore(LAST_HANDLER, "sluiceEvents", new EventHandler(events));
    }

    boolean isWritable() {
        return channel.isActive() && channel.isWritable();
    }

    void writePlain(EventFrame frame) {
        write(memory.plain(frame, context.alloc()));
    }

    void writeDeflated(EventFrame frame) {
        write(memory.deflated(frame, context.alloc()));
    }

    void writeText(byte[] json) {
        write(Unpooled.wrappedBuffer(WebSocketFraming.textFrame(json)));
    }

    /** Past Vert.x, which would flush it by itself: a heartbeat mostly follows. */
    void writePing() {
        write(PING.duplicate());
    }

    private void write(ByteBuf bytes) {
        // A failed write closes the channel, which the session hears of.
        ChannelFuture unused = context.write(bytes, context.voidPromise());
    }

    void flush() {
        context.flush();
    }

    /** Closes the TCP connection, whatever is still to be sent. */
    void abort() {
        // Past Vert.x, which would first send what waits: to a client that does not read, never.
        ChannelFuture unused = context.close();
    }

    /** What the connection tells. Called on its event loop. */
    interface Events {

        /** The write queue has room again. Vert.x tells only when it had queued something itself, which it never does for our writes. */
        void writable();

        /** The client broke the framing. Vert.x would cut the connection before the client has read why. */
        void violated(CorruptedWebSocketFrameException violation);
    }

    private static final class EventHandler extends ChannelInboundHandlerAdapter {
        private final Events events;

        EventHandler(Events events) {
            this.events = events;
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext ctx) {
            if (ctx.channel().isWritable()) {
                events.writable();
            }
            ctx.fireChannelWritabilityChanged();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            Throwable root = cause instanceof DecoderException && cause.getCause() != null ? cause.getCause() : cause;
            if (root instanceof CorruptedWebSocketFrameException violation) {
                events.violated(violation);
            } else {
                ctx.fireExceptionCaught(cause);
            }
        }
    }
}
