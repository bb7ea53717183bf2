// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import dev.sluice.stream.Position;
import dev.sluice.stream.StreamKey;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** How versions and changes are written; they are public types, which need not show that. */
final class VersionFormat {

    private VersionFormat() {}

    static void write(ShardVersion version, DataOutput out) throws IOException {
        out.writeLong(version.incarnation());
        out.writeLong(version.number());
    }

    static ShardVersion read(DataInput in) throws IOException {
        return new ShardVersion(in.readLong(), in.readLong());
    }

    static void writeChanges(ShardChanges changes, DataOutput out) throws IOException {
        write(changes.version(), out);
        out.writeInt(changes.heads().size());
        for (Map.Entry<StreamKey, Position> head : changes.heads().entrySet()) {
            Keys.write(out, head.getKey());
            out.writeUTF(head.getValue().epoch());
            out.writeLong(head.getValue().seq());
        }
    }

    static ShardChanges readChanges(DataInput in) throws IOException {
        ShardVersion version = read(in);
        int count = Reads.count(in);
        Map<StreamKey, Position> heads = new HashMap<>(2 * Reads.capacity(count));
        for (int i = 0; i < count; i++) {
            heads.put(Keys.read(in), new Position(Reads.epoch(in), Reads.seq(in)));
        }
        return new ShardChanges(version, heads);
    }
}
