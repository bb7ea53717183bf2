// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.bus;

import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads what came over the event bus, from front to back. Whatever is announced must be there; otherwise every method throws {@link
 * IllegalArgumentException} before it allocates.
 */
final class WireReader {

    private final Buffer buffer;
    private int position;

    WireReader(Buffer buffer, int start) {
        this.buffer = buffer;
        this.position = start;
    }

    byte readByte() {
        return buffer.getByte(advance(Byte.BYTES));
    }

    int readInt() {
        return buffer.getInt(advance(Integer.BYTES));
    }

    long readLong() {
        return buffer.getLong(advance(Long.BYTES));
    }

    byte[] readBytes(int length) {
        int start = advance(length);
        return buffer.getBytes(start, start + length);
    }

    String readText() {
        byte[] bytes = readBytes(readInt());
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("a text is not UTF-8", e);
        }
    }

    /**
     * How many of something follow.
     *
     * @param minBytes what each takes at the least
     */
    int readCount(int minBytes) {
        int count = readInt();
        if (count < 0 || (long) count * minBytes > buffer.length() - position) {
            throw new IllegalArgumentException(count + " are announced that are not there");
        }
        return count;
    }

    /** Goes on and returns where it was. */
    private int advance(int length) {
        if (length < 0 || length > buffer.length() - position) {
            throw new IllegalArgumentException(length + " bytes are announced that are not there");
        }
        position += length;
        return position - length;
    }
}
