// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream;

/**
 * A place in a stream: what the log assigned to an event, or the last event that somebody has seen.
 *
 * @param epoch which history of the stream, {@code [A-Za-z0-9]{1,16}}
 * @param seq 1, 2, 3 … within the epoch; 0 is before the first event; fits 2^53, so that JavaScript counts it exactly
 */
public record Position(String epoch, long seq) {

    /** The largest seq, 2^53 - 1. */
    public static final long MAX_SEQ = (1L << 53) - 1;

    private static final int MAX_EPOCH_LENGTH = 16;

    /**
     * Checks both parts.
     *
     * @throws IllegalArgumentException naming the part that is wrong
     */
    public Position {
        if (!isEpoch(epoch)) {
            throw new IllegalArgumentException("epoch must match [A-Za-z0-9]{1,16}");
        }
        if (seq < 0 || seq > MAX_SEQ) {
            throw new IllegalArgumentException("seq must be a whole number from 0 to 2^53 - 1");
        }
    }

    /** Whether the text can be an epoch. */
    public static boolean isEpoch(String text) {
        return text != null
                && !text.isEmpty()
                && text.length() <= MAX_EPOCH_LENGTH
                && Alphabet.LETTERS_AND_DIGITS.hasAllOf(text, 0);
    }

    /** The text form {@code epoch:seq}. */
    @Override
    public String toString() {
        return epoch + ":" + seq;
    }
}
