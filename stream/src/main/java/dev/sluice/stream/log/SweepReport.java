// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * What a sweep found in a shard when it was done.
 *
 * @param streams how many streams are known
 * @param events how many events are held
 * @param bytes what all of it costs
 * @param forgotten how many streams were forgotten by this sweep
 * @param overflowed how many events and ids went before their time since the last sweep, because the shard had more
 *     bytes than it may
 */
record SweepReport(int streams, long events, long bytes, int forgotten, long overflowed) {

    void writeTo(DataOutput out) throws IOException {
        out.writeInt(streams);
        out.writeLong(events);
        out.writeLong(bytes);
        out.writeInt(forgotten);
        out.writeLong(overflowed);
    }

    static SweepReport readFrom(DataInput in) throws IOException {
        return new SweepReport(in.readInt(), in.readLong(), in.readLong(), in.readInt(), in.readLong());
    }
}
