// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.transport.websocket;

import dev.sluice.gateway.replay.EventFrame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * The last frame of an event loop, plain and deflated, in memory that the system reads. From an array of Java it cannot: Netty would copy
 * that for every session. As a frame goes to all sessions of a loop one after the other, the last one is enough. Confined to the loop.
 */
final class SocketMemory implements AutoCloseable {

    private final Copy plain = new Copy();
    private final Copy deflated = new Copy();

    /** A view of the plain frame, to be released by whoever gets it. */
    ByteBuf plain(EventFrame frame, ByteBufAllocator allocator) {
        return plain.view(frame.bytes(), frame.frameStart(), allocator);
    }

    /** A view of the deflated frame, to be released by whoever gets it. */
    ByteBuf deflated(EventFrame frame, ByteBufAllocator allocator) {
        return deflated.view(frame.deflated(), 0, allocator);
    }

    /** Lets go of its own share; what waits in sockets stays. */
    @Override
    public void close() {
        plain.release();
        deflated.release();
    }

    private static final class Copy {
        private byte[] original;
        private ByteBuf copy;

        ByteBuf view(byte[] bytes, int start, ByteBufAllocator allocator) {
            if (bytes != original) {
                release();
                int length = bytes.length - start;
                copy = allocator.directBuffer(length, length).writeBytes(bytes, start, length);
                original = bytes;
            }
            return copy.retainedDuplicate();
        }

        void release() {
            if (copy != null) {
                copy.release();
                copy = null;
                original = null;
            }
        }
    }
}
