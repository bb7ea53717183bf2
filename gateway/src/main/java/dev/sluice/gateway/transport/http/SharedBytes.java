// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.transport.http;

import dev.sluice.gateway.replay.EventFrame;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Bytes that are to go out together. Those of events are shared with all other sessions and never copied, which Vert.x's own buffers
 * cannot do: the one place here that knows its internals and Netty.
 */
final class SharedBytes {

    private final List<ByteBuf> parts = new ArrayList<>();
    private int length;

    SharedBytes add(String ascii) {
        return add(ascii.getBytes(StandardCharsets.US_ASCII));
    }

    /** Not to be written to any more. */
    SharedBytes add(byte[] bytes) {
        parts.add(Unpooled.wrappedBuffer(bytes));
        length += bytes.length;
        return this;
    }

    SharedBytes add(EventFrame frame) {
        parts.add(Unpooled.wrappedBuffer(frame.bytes(), frame.jsonStart(), frame.jsonLength()));
        length += frame.jsonLength();
        return this;
    }

    /** All of the other, which is empty afterwards. */
    SharedBytes addAll(SharedBytes other) {
        parts.addAll(other.parts);
        length += other.length;
        other.parts.clear();
        other.length = 0;
        return this;
    }

    int length() {
        return length;
    }

    boolean isEmpty() {
        return length == 0;
    }

    /** All of it; this is empty afterwards. */
    Buffer take() {
        // As many components as there are parts, or Netty would join them by copying.
        ByteBuf all = Unpooled.wrappedBuffer(Math.max(1, parts.size()), parts.toArray(ByteBuf[]::new));
        parts.clear();
        length = 0;
        return BufferInternal.buffer(all);
    }
}
