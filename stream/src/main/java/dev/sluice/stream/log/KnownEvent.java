// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import dev.sluice.stream.Position;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.zip.CRC32C;

/**
 * What a node of the cluster was told by the log, and now holds against it: that in this epoch there was an event at this seq. See {@link
 * StreamLog#renew} and ADR 0007.
 *
 * @param epoch the epoch
 * @param seq the seq, 1 or more
 * @param fingerprint of the event, {@link #UNKNOWN} if only the seq is known
 */
public record KnownEvent(String epoch, long seq, long fingerprint) {

    /** The fingerprint of an event that was never seen. */
    public static final long UNKNOWN = 0;

    /** Checks the position. */
    public KnownEvent {
        if (seq < 1 || seq > Position.MAX_SEQ || !Position.isEpoch(epoch)) {
            throw new IllegalArgumentException("a known event has an epoch and a seq of 1 or more");
        }
    }

    /**
     * Tells two events apart that were given the same seq by different histories. The time is part of it: the same event published again
     * after the first was lost is another one, for those before it may be.
     *
     * @param timestamp when the log accepted it, epoch milliseconds
     * @param json its bytes
     * @return never {@link #UNKNOWN}
     */
    public static long fingerprint(long timestamp, byte[] json) {
        CRC32C checksum = new CRC32C();
        checksum.update(json);
        long mixed = timestamp << Integer.SIZE ^ checksum.getValue();
        return mixed == UNKNOWN ? 1 : mixed;
    }

    /** Whether the log says otherwise: it is in the epoch but behind the seq, or shows another event there. */
    public boolean contradicts(LogSlice slice) {
        if (!slice.epoch().equals(epoch)) {
            return false;
        }
        boolean shown = seq >= slice.firstSeq() && seq <= slice.lastSeq();
        return seq > slice.head() || (shown && contradicts(slice.events().get((int) (seq - slice.firstSeq()))));
    }

    /** Whether the event that stands at the seq is not the known one. */
    public boolean contradicts(LogSlice.StoredEvent event) {
        return fingerprint != UNKNOWN && fingerprint != fingerprint(event.timestamp(), event.json());
    }

    void writeTo(DataOutput out) throws IOException {
        out.writeUTF(epoch);
        out.writeLong(seq);
        out.writeLong(fingerprint);
    }

    static KnownEvent readFrom(DataInput in) throws IOException {
        return new KnownEvent(in.readUTF(), in.readLong(), in.readLong());
    }
}
