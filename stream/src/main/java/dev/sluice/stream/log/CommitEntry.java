// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import dev.sluice.stream.Event;
import dev.sluice.stream.EventId;
import dev.sluice.stream.StreamKey;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** What the log needs of an event. */
@SuppressWarnings("ArrayRecordComponent") // never compared, and copying 64 KiB a commit would be felt
record CommitEntry(StreamKey key, EventId id, byte[] json) {

    static CommitEntry of(Event event) {
        return new CommitEntry(event.key(), event.eventId(), event.json());
    }

    /** Without the key, which many entries share. */
    void writeTo(DataOutput out) throws IOException {
        out.writeLong(id.high());
        out.writeLong(id.low());
        out.writeInt(json.length);
        out.write(json);
    }

    static CommitEntry readFrom(DataInput in, StreamKey key) throws IOException {
        EventId id = new EventId(in.readLong(), in.readLong());
        return new CommitEntry(key, id, Reads.json(in));
    }
}
