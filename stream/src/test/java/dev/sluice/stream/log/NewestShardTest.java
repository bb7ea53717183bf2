// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.spi.merge.MergingValue;
import dev.sluice.stream.StreamKey;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Which replica of a shard is kept when the parts of a cluster meet. */
class NewestShardTest {

    private static final Limits LIMITS = Replica.ROOMY;
    private static final StreamKey STREAM = Replica.FINANCE;
    private static final UUID FIRST_OWNER = new UUID(1, 1);
    private static final UUID SECOND_OWNER = new UUID(2, 2);

    private final NewestShard policy = new NewestShard();
    private long number;

    @Test
    void shouldKeepWhatTheOtherPartAnswersFrom() {
        ShardState here = shard(FIRST_OWNER, 1);
        ShardState longer = here.copy();
        commit(longer, SECOND_OWNER, 5);

        assertThat(merge(longer, here)).isSameAs(here);
    }

    @Test
    void shouldBringHomeWhatIsNotThere() {
        ShardState comer = shard(FIRST_OWNER, 3);

        ShardState home = merge(comer, null);

        assertThat(home.version()).isEqualTo(comer.version());
        assertThat(home.isHome()).isTrue();
        assertThat(home.copy().isHome()).as("after a migration").isTrue();
    }

    @Test
    void shouldPreferWhatWasAcknowledgedUnderALaterOwner() {
        ShardState cutOff = shard(FIRST_OWNER, 1);
        ShardState promoted = cutOff.copy();
        commit(cutOff, FIRST_OWNER, 9); // nobody confirmed these
        commit(promoted, SECOND_OWNER, 2);

        assertThat(merge(promoted, home(cutOff.copy())).version()).isEqualTo(promoted.version());
        assertThat(merge(cutOff, home(promoted.copy())).version()).isEqualTo(promoted.version());
    }

    @Test
    void shouldPreferTheLongerOneUnderTheSameOwner() {
        ShardState backup = shard(FIRST_OWNER, 1);
        ShardState owner = backup.copy();
        commit(owner, FIRST_OWNER, 1);

        assertThat(merge(owner, home(backup.copy())).version()).isEqualTo(owner.version());
        assertThat(merge(backup, home(owner.copy())).version()).isEqualTo(owner.version());
    }

    @Test
    void shouldPreferTheLaterOfTwoLives() {
        ShardState former = shard(FIRST_OWNER, 9);
        ShardState later = shard(SECOND_OWNER, 1);

        assertThat(merge(later, home(former)).version()).isEqualTo(later.version());
    }

    @Test
    void shouldNotExchangeWhatSomebodyWasAnsweredFrom() {
        ShardState answered = home(shard(FIRST_OWNER, 1));
        ShardState newer = answered.copy();
        commit(newer, SECOND_OWNER, 1);
        answered.answeredBy(SECOND_OWNER);

        assertThat(merge(newer, answered)).isSameAs(answered);
    }

    @Test
    void shouldTellBackupsOfTheTerm() {
        ShardState owner = shard(FIRST_OWNER, 1);
        ShardState backup = home(owner.copy());
        owner.answeredBy(SECOND_OWNER);
        backup.apply(owner.versionDelta(), LIMITS);
        commit(owner, SECOND_OWNER, 1);

        assertThat(backup.isHome()).isFalse();
        ShardState old = home(shard(FIRST_OWNER, 1, backup));
        assertThat(backup.isNewerThan(old)).isTrue();
    }

    private ShardState merge(ShardState comer, ShardState existing) {
        Object kept = policy.merge(
                new Value(LogSerializerFactory.SHARD_STATE.of(comer)),
                existing == null ? null : new Value(LogSerializerFactory.SHARD_STATE.of(existing)));
        return (ShardState) ((Wired<?>) kept).value();
    }

    private static ShardState home(ShardState shard) {
        shard.comeHome();
        return shard;
    }

    private ShardState shard(UUID owner, int commits) {
        ShardState shard = new ShardState(++number);
        commit(shard, owner, commits);
        return shard;
    }

    /** One of the same life as another, under its first owner. */
    private ShardState shard(UUID owner, int commits, ShardState likeThis) {
        ShardState shard = new ShardState(likeThis.version().incarnation());
        commit(shard, owner, commits);
        return shard;
    }

    private void commit(ShardState shard, UUID owner, int commits) {
        for (int i = 0; i < commits; i++) {
            shard.answeredBy(owner);
            number++;
            shard.commit(
                    new CommitRequest(
                            UUID.randomUUID(),
                            1,
                            List.of(CommitEntry.of(StreamLogContract.event(STREAM, "event" + number)))),
                    number,
                    LIMITS,
                    new Random(number));
        }
    }

    /** What Hazelcast hands to a policy. */
    private record Value(Object raw) implements MergingValue<Object> {

        @Override
        public Object getValue() {
            return raw;
        }

        @Override
        public Object getRawValue() {
            return raw;
        }
    }
}
