// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.replay;

import dev.sluice.stream.Cursor;
import java.util.Optional;

/**
 * What becomes of a subscriber's cursor (PROTOCOL section 4, {@code subscribed}). Pure; the edges are in its test.
 *
 * <p>A cursor at seq c is recoverable if its epoch is the stream's and {@code oldest <= c + 1 <= head + 1}: then everything
 * after it is still there, or there is nothing after it.
 *
 * @param from the seq after which events are delivered
 * @param fence the head when the subscriber attached: what is delivered up to it is replay, what comes after it is live
 * @param recovered whether all after the cursor follows; empty when no cursor was given
 * @param reason why it could not be recovered
 */
public record Resume(long from, long fence, Optional<Boolean> recovered, Optional<Reason> reason) {

    /** Why a cursor could not be honoured. */
    public enum Reason {
        /** The cursor is of another history of the stream. */
        EPOCH_CHANGED("epoch_changed"),
        /** Events after the cursor are no longer held. */
        EXPIRED("expired"),
        /** The cursor is ahead of the head. */
        UNKNOWN_POSITION("unknown_position");

        private final String wire;

        Reason(String wire) {
            this.wire = wire;
        }

        /** As it stands in frames and metrics. */
        public String wire() {
            return wire;
        }
    }

    /**
     * Decides.
     *
     * @param epoch the stream's epoch
     * @param oldest the oldest seq held, {@code head + 1} when none is
     * @param head the newest seq
     */
    public static Resume decide(Cursor cursor, String epoch, long oldest, long head) {
        if (cursor instanceof Cursor.Latest) {
            return new Resume(head, head, Optional.empty(), Optional.empty());
        }
        if (cursor instanceof Cursor.Earliest) {
            return recovered(oldest - 1, head);
        }
        if (cursor instanceof Cursor.At at) {
            if (!at.position().epoch().equals(epoch)) {
                return lost(head, Reason.EPOCH_CHANGED);
            }
            return after(at.position().seq(), oldest, head);
        }
        return after(((Cursor.InCurrentEpoch) cursor).seq(), oldest, head);
    }

    private static Resume after(long seq, long oldest, long head) {
        if (seq > head) {
            return lost(head, Reason.UNKNOWN_POSITION);
        }
        return seq + 1 >= oldest ? recovered(seq, head) : lost(head, Reason.EXPIRED);
    }

    private static Resume recovered(long from, long head) {
        return new Resume(from, head, Optional.of(true), Optional.empty());
    }

    private static Resume lost(long head, Reason reason) {
        return new Resume(head, head, Optional.of(false), Optional.of(reason));
    }

    /** How many events are replayed. */
    public long replayed() {
        return fence - from;
    }

    /** Whether the cursor could not be honoured with what was looked at. */
    public boolean isLost() {
        return reason.isPresent();
    }
}
