// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.spi.merge.MergingValue;
import com.hazelcast.spi.merge.SplitBrainMergePolicy;

/**
 * What becomes of a shard when a part of a split cluster joins another (ADR 0008). What the other part has and has answered from stands. A shard that it
 * lost comes home with a node that has one; if another node brings a newer one before anybody was answered, that one is taken.
 */
public final class NewestShard extends Wire implements SplitBrainMergePolicy<Object, MergingValue<Object>, Object> {

    /** Made by Hazelcast, by name. */
    public NewestShard() {}

    @Override
    public Object merge(MergingValue<Object> merging, MergingValue<Object> existing) {
        ShardState home = existing == null ? null : stateOf(existing);
        if (home != null && !home.isHome()) {
            return existing.getRawValue();
        }
        ShardState comer = stateOf(merging);
        if (home != null && !comer.isNewerThan(home)) {
            return existing.getRawValue();
        }
        comer.comeHome();
        return LogSerializerFactory.SHARD_STATE.of(comer);
    }

    private static ShardState stateOf(MergingValue<Object> value) {
        return (ShardState) ((Wired<?>) value.getValue()).value();
    }

    @Override
    public int getClassId() {
        return LogSerializerFactory.NEWEST_SHARD;
    }

    @Override
    void write(ObjectDataOutput out) {
        // Knows nothing.
    }

    @Override
    void read(ObjectDataInput in) {
        // Knows nothing.
    }
}
