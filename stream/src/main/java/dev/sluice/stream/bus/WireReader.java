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

    /** Whether nothing is left. */
    boolean isAtEnd() {
        return position == buffer.length();
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

    /**
     * A number within bounds.
     *
     * @param min the least, and {@code max} the most that it may be
     */
    int readInt(int min, int max) {
        int value = readInt();
        if (value < min || value > max) {
            throw new IllegalArgumentException(value + " is none of " + min + " to " + max);
        }
        return value;
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
