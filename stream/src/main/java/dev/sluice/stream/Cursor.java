// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream;

/**
 * From where a subscriber wants a stream (PROTOCOL sections 1 and 4). A client's cursor is only a claim: whether it can
 * be honoured is decided against the log.
 */
public sealed interface Cursor {

    /** All that comes from now on; the default. */
    Cursor LATEST = new Latest();

    /** All that is still held, then live. */
    Cursor EARLIEST = new Earliest();

    /** Text form, as it stands in a cursor vector. */
    String text();

    /** After a position that the client was given earlier. */
    record At(Position position) implements Cursor {
        @Override
        public String text() {
            return position.toString();
        }
    }

    /**
     * After a seq, whatever the epoch is: the {@code lastSeq} of the protocol, from clients that keep one number.
     *
     * @param seq 0 to {@link Position#MAX_SEQ}
     */
    record InCurrentEpoch(long seq) implements Cursor {
        /**
         * Checks the bounds.
         *
         * @throws IllegalArgumentException if seq is negative or over 2^53 - 1
         */
        public InCurrentEpoch {
            if (seq < 0 || seq > Position.MAX_SEQ) {
                throw new IllegalArgumentException("lastSeq must be a whole number from 0 to 2^53 - 1");
            }
        }

        @Override
        public String text() {
            return Long.toString(seq);
        }
    }

    /** See {@link #LATEST}. */
    record Latest() implements Cursor {
        @Override
        public String text() {
            return "latest";
        }
    }

    /** See {@link #EARLIEST}. */
    record Earliest() implements Cursor {
        @Override
        public String text() {
            return "earliest";
        }
    }

    /**
     * Reads the text form: {@code epoch:seq}, {@code earliest} or {@code latest}.
     *
     * @throws IllegalArgumentException saying what is wrong with the text
     */
    static Cursor parse(String text) {
        if ("latest".equals(text)) {
            return LATEST;
        }
        if ("earliest".equals(text)) {
            return EARLIEST;
        }
        int colon = text.indexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("cursor must be 'epoch:seq', 'earliest' or 'latest'");
        }
        return at(text.substring(0, colon), parseSeq(text.substring(colon + 1)));
    }

    /** The cursor after the given position. */
    static Cursor at(String epoch, long seq) {
        return new At(new Position(epoch, seq));
    }

    /**
     * Reads a seq as the wire writes it: decimal digits only.
     *
     * @throws IllegalArgumentException if the text is anything else or too large
     */
    static long parseSeq(String text) {
        if (text.isEmpty() || text.length() > 16 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new IllegalArgumentException("seq must be a whole number from 0 to 2^53 - 1");
        }
        return Long.parseLong(text);
    }
}
