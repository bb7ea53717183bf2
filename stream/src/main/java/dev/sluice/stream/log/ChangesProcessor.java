// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import java.io.IOException;
import java.util.Map;

/**
 * {@link StreamLog#changes} on the owner of the shard. A barrier for the version's sake: a gateway that takes over
 * version 9 from here asks only for what came after it. Were 9 not on the backups and the primary died, the next commit
 * would be another 9, and the gateway would not ask for that. The heads, though, only say where to look.
 */
final class ChangesProcessor extends BarrierProcessor<ShardChanges> {

    private ShardVersion since;

    /** To be read into. */
    ChangesProcessor() {
        super(null);
    }

    ChangesProcessor(ShardVersion since, Limits limits) {
        super(limits);
        this.since = since;
    }

    @Override
    Done<ShardChanges> run(Map.Entry<Integer, Wired<ShardState>> entry) {
        if (entry.getValue() == null) {
            return new Done<>(new ShardChanges(ShardVersion.NONE, Map.of()), null);
        }
        ShardState shard = entry.getValue().value();
        return new Done<>(shard.changes(since), shard.versionDelta());
    }

    @Override
    Wired.Kind<ShardChanges> replyKind() {
        return LogSerializerFactory.SHARD_CHANGES;
    }

    @Override
    public int getClassId() {
        return LogSerializerFactory.CHANGES;
    }

    @Override
    void write(ObjectDataOutput out) throws IOException {
        limits.writeTo(out);
        VersionFormat.write(since, out);
    }

    @Override
    void read(ObjectDataInput in) throws IOException {
        limits = Limits.readFrom(in);
        since = VersionFormat.read(in);
    }
}
