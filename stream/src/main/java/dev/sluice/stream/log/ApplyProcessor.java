// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import java.io.IOException;
import java.util.Map;

/** Runs on backups: applies what the primary decided, never decides anew. */
final class ApplyProcessor extends ShardProcessor<Void> {

    private ShardDelta delta;
    private Limits limits;

    /** To be read into. */
    ApplyProcessor() {}

    ApplyProcessor(ShardDelta delta, Limits limits) {
        this.delta = delta;
        this.limits = limits;
    }

    @Override
    public Wired<Void> process(Map.Entry<Integer, Wired<ShardState>> entry) {
        shardOf(entry, delta.version().incarnation()).apply(delta, limits);
        return null;
    }

    @Override
    public EntryProcessor<Integer, Wired<ShardState>, Wired<Void>> getBackupProcessor() {
        return null;
    }

    @Override
    public int getClassId() {
        return LogSerializerFactory.APPLY;
    }

    @Override
    void write(ObjectDataOutput out) throws IOException {
        limits.writeTo(out);
        delta.writeTo(out);
    }

    @Override
    void read(ObjectDataInput in) throws IOException {
        limits = Limits.readFrom(in);
        delta = ShardDelta.readFrom(in);
    }
}
