// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.core.LifecycleEvent;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import com.hazelcast.internal.partition.PartitionLostEventImpl;
import com.hazelcast.spi.exception.RetryableHazelcastException;
import org.junit.jupiter.api.Test;

class LostShardsTest {

    private static final long GRACE = LostShards.GRACE.toNanos();

    private long now = 1;
    private final LostShards shards = new LostShards(1, () -> now);

    @Test
    void shouldBeginShardsAtOnceWhereNothingWasLost() {
        assertThat(shards.mayComeHome()).isFalse();
        shards.memberAdded(null);
        assertThat(shards.mayComeHome()).isFalse();
        shards.partitionLost(new PartitionLostEventImpl(1, 0, null)); // a backup is left
        assertThat(shards.mayComeHome()).isFalse();
    }

    @Test
    void shouldWaitForSomeTimeAfterALoss() {
        shards.partitionLost(new PartitionLostEventImpl(1, 1, null));
        now += GRACE - 1;
        assertThat(shards.mayComeHome()).isTrue();
        now += 1;
        assertThat(shards.mayComeHome()).isFalse();
    }

    @Test
    void shouldWaitForTheNextWhenOneHasComeHome() {
        shards.partitionLost(new PartitionLostEventImpl(1, 6, null));
        now += 1_000 * GRACE; // a long outage, in which nobody asks, for there is no quorum
        shards.memberAdded(null);
        now += GRACE - 1;
        assertThat(shards.mayComeHome()).isTrue();
        shards.memberAdded(null);
        now += GRACE - 1;
        assertThat(shards.mayComeHome()).isTrue();
        now += 1;
        assertThat(shards.mayComeHome()).isFalse();
        shards.memberAdded(null);
        assertThat(shards.mayComeHome()).isFalse();
    }

    @Test
    void shouldWaitOnTheNodeThatComesHome() {
        shards.stateChanged(new LifecycleEvent(LifecycleState.MERGING));
        assertThat(shards.mayComeHome()).isTrue();
        now += GRACE - 1;
        shards.stateChanged(new LifecycleEvent(LifecycleState.MERGED));
        now += GRACE - 1;
        assertThat(shards.mayComeHome()).isTrue();
        now += 1;
        assertThat(shards.mayComeHome()).isFalse();
    }

    @Test
    void shouldRefuseToBeginAShardMeanwhile() {
        assertThatCode(() -> shards.demandNoneComesHome(7)).doesNotThrowAnyException();
        shards.partitionLost(new PartitionLostEventImpl(1, 1, null));

        assertThatThrownBy(() -> shards.demandNoneComesHome(7))
                .isInstanceOf(RetryableHazelcastException.class)
                .hasMessageContaining("shard 7");
    }
}
