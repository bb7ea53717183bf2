// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.transport.websocket;

import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Inflates whole messages of permessage-deflate (RFC 7692 section 7.2.2), one for all connections of an event loop: what a client may refer
 * back to is handed in, so a connection costs no inflater. It never makes more than the limit and one byte of a message, however much
 * the client packed into it. Not thread-safe.
 */
final class MessageInflater {

    /** So far back a client may refer, in bytes. */
    static final int WINDOW = 32 * 1024;

    private static final byte[] NOTHING = {};
    private static final byte[] TAIL = {0, 0, (byte) 0xFF, (byte) 0xFF};
    /** Section 7.2.3.4 lets a message be of several streams; each costs a turn, so a message of thousands is refused. */
    private static final int MAX_STREAMS = 16;

    private static final int FIRST_ALLOCATION = 4 * 1024;

    private final Inflater inflater = new Inflater(true);
    private final int maxBytes;
    private byte[] window = NOTHING;
    private byte[] out;
    private int size;
    private int streams;

    /** An inflater of messages of at most so many bytes when inflated. */
    MessageInflater(int maxBytes) {
        this.maxBytes = maxBytes;
        this.out = new byte[Math.min(FIRST_ALLOCATION, maxBytes + 1)];
    }

    /** A message is larger than the limit. */
    static final class TooLargeException extends Exception {
        private static final long serialVersionUID = 1L;

        TooLargeException(int maxBytes) {
            super("inflates to more than " + maxBytes + " bytes");
        }
    }

    /**
     * The message.
     *
     * @param payload what came, all fragments of it
     * @param earlier the last bytes of the client's earlier messages, at most {@link #WINDOW}
     * @throws DataFormatException if it is not deflated, or was not flushed to its end
     * @throws TooLargeException if it is larger than the limit
     */
    byte[] inflate(byte[] payload, byte[] earlier) throws DataFormatException, TooLargeException {
        window = earlier;
        size = 0;
        streams = 0;
        begin();
        feed(payload);
        int flushed = size;
        feed(TAIL);
        if (size != flushed) {
            throw new DataFormatException("the message was not flushed");
        }
        window = NOTHING;
        return Arrays.copyOf(out, size);
    }

    /** The last bytes of both, as many as a client may refer back to. */
    static byte[] lastOf(byte[] earlier, byte[] bytes, int length) {
        int kept = Math.min(earlier.length, Math.max(0, WINDOW - length));
        int taken = Math.min(length, WINDOW);
        byte[] last = new byte[kept + taken];
        System.arraycopy(earlier, earlier.length - kept, last, 0, kept);
        System.arraycopy(bytes, length - taken, last, kept, taken);
        return last;
    }

    private void begin() throws DataFormatException {
        if (++streams > MAX_STREAMS) {
            throw new DataFormatException("too many deflate streams in one message");
        }
        inflater.reset();
        byte[] back = size == 0 ? window : lastOf(window, out, size);
        if (back.length > 0) {
            inflater.setDictionary(back);
        }
    }

    private void feed(byte[] bytes) throws DataFormatException, TooLargeException {
        inflater.setInput(bytes);
        while (true) {
            if (size == out.length) {
                out = Arrays.copyOf(out, Math.min(out.length * 2, maxBytes + 1));
            }
            int made = inflater.inflate(out, size, out.length - size);
            size += made;
            if (size > maxBytes) {
                throw new TooLargeException(maxBytes);
            }
            if (inflater.finished()) {
                int rest = inflater.getRemaining();
                begin();
                inflater.setInput(bytes, bytes.length - rest, rest);
            }
            if (made == 0 && inflater.needsInput()) {
                return;
            }
        }
    }
}
