// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import java.util.List;

/**
 * What the log holds of a stream from some seq on.
 *
 * @param epoch the stream's epoch
 * @param oldest the seq of the oldest event still held; {@code head + 1} when none is
 * @param head the seq of the newest event ever accepted in this epoch, 0 if there was none
 * @param version the version of the stream's shard at the time of the read
 * @param firstSeq the seq of the first event in {@code events}: the one asked for, or the next that is held; without events, the seq where they would begin,
 *     but {@code head + 1} at most
 * @param events consecutive events from {@code firstSeq} on: as many as were asked for, fit and are held. They may end before events that this log missed; who
 *     reads on from there is told by a greater {@code firstSeq}
 */
public record LogSlice(
        String epoch, long oldest, long head, ShardVersion version, long firstSeq, List<StoredEvent> events) {

    /** Copies the list. */
    public LogSlice {
        events = List.copyOf(events);
    }

    /** The seq of the last event in the slice; {@code firstSeq - 1} when it is empty. */
    public long lastSeq() {
        return firstSeq + events.size() - 1;
    }

    /**
     * One event as the log keeps it.
     *
     * @param timestamp when the log accepted it, epoch milliseconds
     * @param json its bytes; not to be written to
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared, and copying 64 KiB a read would be felt
    public record StoredEvent(long timestamp, byte[] json) {}
}
