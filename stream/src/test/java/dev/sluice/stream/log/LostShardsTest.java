// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.core.LifecycleEvent;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import com.hazelcast.internal.partition.PartitionLostEventImpl;
import com.hazelcast.spi.exception.RetryableHazelcastException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class LostShardsTest {

    private static final long GRACE = LostShards.GRACE.toNanos();

    private long now = 1;
    private final Deque<Runnable> later = new ArrayDeque<>();
    private CompletableFuture<Boolean> answer = new CompletableFuture<>();
    private final LostShards shards = new LostShards(1, () -> now, later::add, () -> answer);

    private void startWhereNothingIsLost() {
        answer.complete(false);
        shards.stateChanged(new LifecycleEvent(LifecycleState.STARTED));
    }

    @Test
    void shouldBeginNoShardBeforeTheOthersHaveAnswered() {
        assertThat(shards.mayComeHome()).isTrue();
        shards.stateChanged(new LifecycleEvent(LifecycleState.STARTED));
        assertThat(shards.mayComeHome()).isTrue();
        assertThat(shards.hasLost())
                .as("or two that start at once would wait for each other")
                .isFalse();
        answer.complete(false);
        assertThat(shards.mayComeHome()).isFalse();
    }

    @Test
    void shouldWaitAsLongAsTheOthersWhenTheyHaveLostSomething() {
        shards.stateChanged(new LifecycleEvent(LifecycleState.STARTED));
        for (int i = 0; i < 3; i++) {
            answer.complete(true);
            now += 5 * GRACE;
            assertThat(shards.mayComeHome()).isTrue();
            answer = new CompletableFuture<>();
            later.remove().run();
            assertThat(shards.mayComeHome()).isTrue();
        }
        answer.complete(false);
        assertThat(shards.mayComeHome()).isFalse();
        assertThat(later).isEmpty();
    }

    /** A loss is heard of later than the removal with which it came. */
    @Test
    void shouldNotTellANewcomerThatNothingIsLostRightAfterAMemberLeft() {
        startWhereNothingIsLost();
        assertThat(shards.mayHaveLost()).isFalse();
        shards.memberRemoved(null);
        assertThat(shards.mayComeHome()).as("it will be told itself").isFalse();
        now += LostShards.NEWS.toNanos() - 1;
        assertThat(shards.mayHaveLost()).isTrue();
        now += 1;
        assertThat(shards.mayHaveLost()).isFalse();
        shards.partitionLost(new PartitionLostEventImpl(1, 1, null));
        assertThat(shards.mayHaveLost()).isTrue();
    }

    @Test
    void shouldBeginShardsAtOnceWhereNothingWasLost() {
        startWhereNothingIsLost();
        assertThat(shards.mayComeHome()).isFalse();
        shards.memberAdded(null);
        assertThat(shards.mayComeHome()).isFalse();
        shards.partitionLost(new PartitionLostEventImpl(1, 0, null)); // a backup is left
        assertThat(shards.mayComeHome()).isFalse();
    }

    @Test
    void shouldWaitForSomeTimeAfterALoss() {
        startWhereNothingIsLost();
        shards.partitionLost(new PartitionLostEventImpl(1, 1, null));
        now += GRACE - 1;
        assertThat(shards.mayComeHome()).isTrue();
        now += 1;
        assertThat(shards.mayComeHome()).isFalse();
    }

    @Test
    void shouldWaitForTheNextWhenOneHasComeHome() {
        startWhereNothingIsLost();
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
        startWhereNothingIsLost();
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
        startWhereNothingIsLost();
        assertThatCode(() -> shards.demandNoneComesHome(7)).doesNotThrowAnyException();
        shards.partitionLost(new PartitionLostEventImpl(1, 1, null));

        assertThatThrownBy(() -> shards.demandNoneComesHome(7))
                .isInstanceOf(RetryableHazelcastException.class)
                .hasMessageContaining("shard 7");
    }
}
