// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import dev.sluice.stream.log.LogSlice.StoredEvent;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What the shard says to a read: a slice, or that the stream would be one too many.
 *
 * @param slice null when refused
 * @param refusal null when there is a slice; safe to show
 */
record ReadReply(LogSlice slice, String refusal) {

    /**
     * The slice.
     *
     * @throws StreamLimitException if the read was refused
     */
    LogSlice toSlice() {
        if (slice == null) {
            throw new StreamLimitException(refusal);
        }
        return slice;
    }

    void writeTo(DataOutput out) throws IOException {
        out.writeBoolean(slice != null);
        if (slice == null) {
            out.writeUTF(refusal);
            return;
        }
        out.writeUTF(slice.epoch());
        out.writeLong(slice.oldest());
        out.writeLong(slice.head());
        out.writeLong(slice.version().incarnation());
        out.writeLong(slice.version().number());
        out.writeLong(slice.firstSeq());
        out.writeInt(slice.events().size());
        for (StoredEvent event : slice.events()) {
            out.writeLong(event.timestamp());
            out.writeInt(event.json().length);
            out.write(event.json());
        }
    }

    static ReadReply readFrom(DataInput in) throws IOException {
        if (!in.readBoolean()) {
            return new ReadReply(null, Reads.text(in));
        }
        String epoch = Reads.epoch(in);
        long oldest = Reads.firstSeq(in);
        long head = Reads.seq(in);
        ShardVersion version = new ShardVersion(in.readLong(), in.readLong());
        long firstSeq = Reads.firstSeq(in);
        int count = Reads.count(in);
        List<StoredEvent> events = new ArrayList<>(Reads.capacity(count));
        for (int i = 0; i < count; i++) {
            long timestamp = in.readLong();
            events.add(new StoredEvent(timestamp, Reads.json(in)));
        }
        return new ReadReply(new LogSlice(epoch, oldest, head, version, firstSeq, events), null);
    }
}
