// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import com.hazelcast.core.ReadOnly;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import java.util.Map;

/**
 * {@link StreamLog#version} on the owner of the shard. No barrier, for it is asked by every gateway for every shard
 * each second and its answer is only compared: a version that differs from the one known makes the gateway ask for the
 * changes, and the version that it then takes over comes through a barrier. So a version that a crash undoes was never
 * taken over.
 */
final class VersionProcessor extends ShardProcessor<ShardVersion> implements ReadOnly {

    @Override
    public Wired<ShardVersion> process(Map.Entry<Integer, Wired<ShardState>> entry) {
        Wired<ShardState> shard = entry.getValue();
        return LogSerializerFactory.SHARD_VERSION.of(
                shard == null ? ShardVersion.NONE : shard.value().version());
    }

    @Override
    public EntryProcessor<Integer, Wired<ShardState>, Wired<ShardVersion>> getBackupProcessor() {
        return null;
    }

    @Override
    public int getClassId() {
        return LogSerializerFactory.VERSION;
    }

    @Override
    void write(ObjectDataOutput out) {
        // It has no arguments.
    }

    @Override
    void read(ObjectDataInput in) {
        // It has no arguments.
    }
}
