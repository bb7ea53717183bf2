// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import java.io.IOException;
import java.util.Map;

/** Sweeps a shard, on its owner and on the backups alike: the time is an argument, so all drop the same. */
final class SweepProcessor extends ShardProcessor<SweepReport> {

    private long now;
    private Limits limits;

    /** To be read into. */
    SweepProcessor() {}

    SweepProcessor(long now, Limits limits) {
        this.now = now;
        this.limits = limits;
    }

    /** Answers null for a shard that does not exist. */
    @Override
    public Wired<SweepReport> process(Map.Entry<Integer, Wired<ShardState>> entry) {
        Wired<ShardState> shard = entry.getValue();
        return shard == null
                ? null
                : LogSerializerFactory.SWEEP_REPORT.of(shard.value().sweep(now, limits));
    }

    @Override
    public EntryProcessor<Integer, Wired<ShardState>, Wired<SweepReport>> getBackupProcessor() {
        return this;
    }

    @Override
    public int getClassId() {
        return LogSerializerFactory.SWEEP;
    }

    @Override
    void write(ObjectDataOutput out) throws IOException {
        limits.writeTo(out);
        out.writeLong(now);
    }

    @Override
    void read(ObjectDataInput in) throws IOException {
        limits = Limits.readFrom(in);
        now = in.readLong();
    }
}
