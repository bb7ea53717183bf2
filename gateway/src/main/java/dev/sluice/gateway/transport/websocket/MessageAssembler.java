// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.transport.websocket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import java.util.Optional;
import java.util.zip.DataFormatException;

/**
 * Makes whole, inflated text messages of frames, so that Vert.x never sees a fragment: its own aggregation loses a message whose first
 * fragment is empty, and Netty's inflater has no bound. Also holds the rules of RFC 6455 sections 5.4, 5.5 and 7.4 and RFC 7692 section 6
 * that Netty's decoder leaves out: reserved bits, close codes, and one pong for many pings when the client does not read.
 *
 * <p>What breaks a rule goes down the pipeline as a {@link CorruptedWebSocketFrameException}, and no message comes after it. A message
 * holds at most the limit, and twice that while it is compressed. On the connection's event loop.
 */
final class MessageAssembler extends ChannelInboundHandlerAdapter {

    private static final int RSV1 = 4;
    private static final byte[] NOTHING = {};
    /** What a deflated message may have more than the same inflated. */
    private static final int COMPRESSED_ALLOWANCE = 2;

    private final int maxBytes;
    private final Optional<DeflateOffer> deflate;
    private final MessageInflater inflater;
    /** The message that is under way, or null. */
    private ByteBuf message;

    private boolean compressed;
    private boolean refused;
    private byte[] window = NOTHING;
    private PingWebSocketFrame unanswered;

    MessageAssembler(int maxBytes, Optional<DeflateOffer> deflate, MessageInflater inflater) {
        this.maxBytes = maxBytes;
        this.deflate = deflate;
        this.inflater = inflater;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (!(msg instanceof WebSocketFrame frame)) {
            ctx.fireChannelRead(msg);
            return;
        }
        boolean handedOn = false;
        try {
            checkReservedBits(frame);
            if (frame instanceof TextWebSocketFrame || frame instanceof ContinuationWebSocketFrame) {
                onText(ctx, frame);
            } else if (frame instanceof BinaryWebSocketFrame) {
                onBinary(ctx);
            } else if (frame instanceof PingWebSocketFrame ping
                    && !ctx.channel().isWritable()) {
                postpone(ping);
                handedOn = true;
            } else {
                if (frame instanceof CloseWebSocketFrame close) {
                    checkCloseCode(close.content());
                }
                handedOn = true;
                ctx.fireChannelRead(frame);
            }
        } catch (CorruptedWebSocketFrameException e) {
            refused = true;
            ctx.fireExceptionCaught(e);
        } finally {
            if (!handedOn) {
                frame.release();
            }
        }
    }

    private void checkReservedBits(WebSocketFrame frame) {
        boolean first = frame instanceof TextWebSocketFrame || frame instanceof BinaryWebSocketFrame;
        int allowed = first && deflate.isPresent() ? RSV1 : 0;
        if ((frame.rsv() & ~allowed) != 0) {
            throw violation("a reserved bit is set");
        }
    }

    private static void checkCloseCode(ByteBuf body) {
        if (body.isReadable()) {
            int code = body.getUnsignedShort(body.readerIndex());
            boolean registered = code >= 1000 && code <= 1014 && (code <= 1003 || code >= 1007);
            if (!registered && (code < 3000 || code > 4999)) {
                throw violation("no such close code");
            }
        }
    }

    private void onText(ChannelHandlerContext ctx, WebSocketFrame frame) {
        if (refused) {
            return;
        }
        if (frame instanceof TextWebSocketFrame) {
            compressed = frame.rsv() == RSV1;
        }
        append(ctx, frame.content());
        if (frame.isFinalFragment()) {
            ByteBuf whole = message;
            message = null;
            ctx.fireChannelRead(new TextWebSocketFrame(true, 0, compressed ? inflate(whole) : whole));
        }
    }

    private void append(ChannelHandlerContext ctx, ByteBuf fragment) {
        if (message == null) {
            message = ctx.alloc().heapBuffer(fragment.readableBytes());
        }
        if (message.readableBytes() + fragment.readableBytes()
                > (compressed ? maxBytes * COMPRESSED_ALLOWANCE : maxBytes)) {
            forget();
            throw tooLarge();
        }
        message.writeBytes(fragment);
    }

    private ByteBuf inflate(ByteBuf whole) {
        try {
            byte[] inflated = inflater.inflate(ByteBufUtil.getBytes(whole), window);
            if (deflate.get().clientKeepsContext()) {
                window = MessageInflater.lastOf(window, inflated, inflated.length);
            }
            return Unpooled.wrappedBuffer(inflated);
        } catch (DataFormatException e) {
            throw violation("the message cannot be inflated");
        } catch (MessageInflater.TooLargeException e) {
            throw tooLarge();
        } finally {
            whole.release();
        }
    }

    /** Binary messages are refused by the session, so the first frame of one is enough to tell. */
    private void onBinary(ChannelHandlerContext ctx) {
        if (!refused) {
            refused = true;
            ctx.fireChannelRead(new BinaryWebSocketFrame(true, 0, Unpooled.EMPTY_BUFFER));
        }
    }

    /** A client that pings but does not read would pile up pongs; the last ping alone must be answered (RFC 6455 section 5.5.3). */
    private void postpone(PingWebSocketFrame ping) {
        ReferenceCountUtil.release(unanswered);
        unanswered = ping;
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable() && unanswered != null) {
            PingWebSocketFrame ping = unanswered;
            unanswered = null;
            // Netty tells in the middle of a flush.
            ctx.executor().execute(() -> ctx.fireChannelRead(ping));
        }
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        forget();
        ReferenceCountUtil.release(unanswered);
        unanswered = null;
    }

    private void forget() {
        ReferenceCountUtil.release(message);
        message = null;
    }

    private static CorruptedWebSocketFrameException violation(String what) {
        return new CorruptedWebSocketFrameException(WebSocketCloseStatus.PROTOCOL_ERROR, what);
    }

    private static CorruptedWebSocketFrameException tooLarge() {
        return new CorruptedWebSocketFrameException(WebSocketCloseStatus.MESSAGE_TOO_BIG, "the message is too large");
    }
}
