// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * The bounds of a shard in the units it calculates with. They travel with every operation instead of lying on the
 * members, so that primary and backup apply the same ones while two configurations are rolled out side by side.
 *
 * @param maxEvents per stream
 * @param maxAgeMillis per event
 * @param forgetAfterMillis silence after which a stream is forgotten
 * @param dedupWindowMillis how long the id of an event is recognised
 * @param dedupMaxIds ids per stream
 * @param maxShardBytes per shard
 * @param maxStreamsPerOrg per shard
 */
record Limits(
        int maxEvents,
        long maxAgeMillis,
        long forgetAfterMillis,
        long dedupWindowMillis,
        int dedupMaxIds,
        long maxShardBytes,
        int maxStreamsPerOrg) {

    void writeTo(DataOutput out) throws IOException {
        out.writeInt(maxEvents);
        out.writeLong(maxAgeMillis);
        out.writeLong(forgetAfterMillis);
        out.writeLong(dedupWindowMillis);
        out.writeInt(dedupMaxIds);
        out.writeLong(maxShardBytes);
        out.writeInt(maxStreamsPerOrg);
    }

    static Limits readFrom(DataInput in) throws IOException {
        return new Limits(
                in.readInt(), in.readLong(), in.readLong(), in.readLong(), in.readInt(), in.readLong(), in.readInt());
    }
}
