// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import static dev.sluice.stream.log.Replica.FINANCE;
import static dev.sluice.stream.log.Replica.ROOMY;
import static dev.sluice.stream.log.Replica.STAFF;
import static dev.sluice.stream.log.Replica.idsOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** An epoch ends when, and only when, somebody was told of a history that is no more. */
class ShardRenewTest {

    private final Replica shard = new Replica(ROOMY);
    private final Replica backup = new Replica(ROOMY, 43);

    @Test
    void shouldBeginAnewWhenASeqBeyondTheHeadWasHandedOut() {
        shard.commit(FINANCE, "a", "b");
        String epoch = shard.read(FINANCE, 1).epoch();
        ShardVersion before = shard.state.version();

        LogSlice renewed = renew(new KnownEvent(epoch, 3, KnownEvent.UNKNOWN));

        assertThat(renewed.epoch()).isNotEqualTo(epoch);
        assertThat(renewed.head()).isZero();
        assertThat(renewed.oldest()).isEqualTo(1);
        assertThat(shard.state.version()).isEqualTo(new ShardVersion(before.incarnation(), before.number() + 1));
        assertThat(idsOf(shard.read(FINANCE, 1))).isEmpty();
    }

    @Test
    void shouldBeginAnewWhenAnotherEventStandsThere() {
        shard.commit(FINANCE, "a");
        KnownEvent known = knownAt(2, shard, "b");
        shard.commit(FINANCE, "other", "c");

        assertThat(renew(known).epoch()).isNotEqualTo(known.epoch());
    }

    /** The same event published again: what stood before it may still be another. */
    @Test
    void shouldBeginAnewWhenTheSameEventStandsThereSinceAnotherTime() {
        shard.commit(FINANCE, "a");
        KnownEvent known = knownAt(2, shard, "b");
        shard.now++;
        shard.commit(FINANCE, "b");

        assertThat(renew(known).epoch()).isNotEqualTo(known.epoch());
    }

    @Test
    void shouldChangeNothingWhenTheKnownEventStandsThere() {
        shard.commit(FINANCE, "a", "b", "c");
        byte[] before = shard.bytes();
        String epoch = shard.read(FINANCE, 1).epoch();

        for (long seq = 1; seq <= 3; seq++) {
            renew(known(shard.read(FINANCE, seq), seq));
            renew(new KnownEvent(epoch, seq, KnownEvent.UNKNOWN));
        }

        assertThat(shard.bytes()).isEqualTo(before);
    }

    @Test
    void shouldChangeNothingWhenTheEpochIsAnotherOne() {
        shard.commit(FINANCE, "a");
        byte[] before = shard.bytes();

        renew(new KnownEvent("e1", 99, KnownEvent.UNKNOWN));
        renew(new KnownEvent("e1", 1, 5));

        assertThat(shard.bytes()).isEqualTo(before);
    }

    /** Two gateways prove the same. */
    @Test
    void shouldRenewOnceWhenAskedTwice() {
        shard.commit(FINANCE, "a");
        KnownEvent known = new KnownEvent(shard.read(FINANCE, 1).epoch(), 7, KnownEvent.UNKNOWN);

        LogSlice first = renew(known);
        shard.commit(FINANCE, "b");
        LogSlice second = renew(known);

        assertThat(second.epoch()).isEqualTo(first.epoch());
        assertThat(second.head()).isEqualTo(1);
    }

    @Test
    void shouldTellNothingFromWhatIsExpired() {
        shard.commit(FINANCE, "a", "b");
        String epoch = shard.read(FINANCE, 1).epoch();
        shard.now += ROOMY.maxAgeMillis() + 1;
        shard.sweep();

        assertThat(renew(new KnownEvent(epoch, 1, 5)).epoch()).isEqualTo(epoch);
        assertThat(renew(new KnownEvent(epoch, 2, 5)).epoch()).isEqualTo(epoch);
        assertThat(renew(new KnownEvent(epoch, 3, 5)).epoch()).isNotEqualTo(epoch);
    }

    @Test
    void shouldMakeTheStreamWhenThereIsNone() {
        LogSlice made = renew(new KnownEvent("e1", 5, KnownEvent.UNKNOWN));

        assertThat(made.head()).isZero();
        assertThat(shard.read(FINANCE, 1).epoch()).isEqualTo(made.epoch());
    }

    @Test
    void shouldLeaveTheOthersAlone() {
        shard.commit(FINANCE, "a");
        shard.commit(STAFF, "b");

        renew(new KnownEvent(shard.read(FINANCE, 1).epoch(), 7, KnownEvent.UNKNOWN));

        assertThat(idsOf(shard.read(STAFF, 1))).containsExactly("b");
    }

    @Test
    void shouldTellTheBackupsBeforeItIsAnswered() {
        backup.apply(shard.commit(FINANCE, "a", "b").delta());
        String epoch = shard.read(FINANCE, 1).epoch();

        ShardState.Read renewed = shard.state.renew(
                FINANCE, new KnownEvent(epoch, 9, KnownEvent.UNKNOWN), shard.now, ROOMY, shard.random);
        backup.apply(renewed.delta());

        assertThat(backup.bytes()).isEqualTo(shard.bytes());
        assertThat(backup.read(FINANCE, 1).epoch())
                .isEqualTo(renewed.reply().toSlice().epoch());
        assertThat(backup.state.bytes()).isEqualTo(shard.state.bytes());
    }

    /** No push comes of it, so gateways must find it when they compare versions. */
    @Test
    void shouldShowAmongTheChanges() {
        shard.commit(FINANCE, "a");
        shard.commit(STAFF, "b");
        ShardVersion before = shard.state.version();

        LogSlice renewed = renew(new KnownEvent(shard.read(FINANCE, 1).epoch(), 7, KnownEvent.UNKNOWN));

        assertThat(shard.state.changes(before).heads()).containsOnlyKeys(FINANCE);
        assertThat(shard.state.changes(before).heads().get(FINANCE).epoch()).isEqualTo(renewed.epoch());
    }

    /** What it would be answered is gone; the publisher sends the events again, as a new commit, to the new epoch. */
    @Test
    void shouldRefuseACommitFromBeforeWhenItIsRetried() {
        backup.apply(shard.commit(1, Replica.entries(FINANCE, "a")).delta());
        String epoch = shard.read(FINANCE, 1).epoch();
        backup.apply(shard.state
                .renew(FINANCE, new KnownEvent(epoch, 9, KnownEvent.UNKNOWN), shard.now, ROOMY, shard.random)
                .delta());

        ShardState.Committed again = shard.commit(1, Replica.entries(FINANCE, "a"));

        assertThatThrownBy(again.reply()::toResult)
                .isInstanceOf(StaleCommitException.class)
                .hasMessageContaining("forgotten");
        assertThat(again.delta()).isNull();
        assertThat(shard.read(FINANCE, 1).head()).isZero();
        assertThat(backup.bytes()).isEqualTo(shard.bytes());
    }

    /** The backup that missed the commit may still have the stream, and would give the position to another event. */
    @Test
    void shouldRefuseARetriedCommitWhoseStreamIsForgotten() {
        shard.limits = Action.TIGHT;
        shard.commit(1, Replica.entries(FINANCE, "a"));
        shard.now += shard.limits.forgetAfterMillis();
        shard.sweep();

        ShardState.Committed again = shard.commit(1, Replica.entries(FINANCE, "a"));

        assertThatThrownBy(again.reply()::toResult).isInstanceOf(StaleCommitException.class);
    }

    @Test
    void shouldRefuseWhatNoEventCanBe() {
        assertThatThrownBy(() -> new KnownEvent("e1", 0, 5)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new KnownEvent("no epoch", 1, 5)).isInstanceOf(IllegalArgumentException.class);
    }

    private LogSlice renew(KnownEvent known) {
        return shard.state
                .renew(FINANCE, known, shard.now, ROOMY, shard.random)
                .reply()
                .toSlice();
    }

    /** What somebody knows who was told of an event that was then lost. */
    private static KnownEvent knownAt(long seq, Replica shard, String id) {
        Replica other = new Replica(ROOMY);
        other.now = shard.now;
        other.state = shard.state.copy();
        other.commit(9, Replica.entries(FINANCE, id));
        return known(other.read(FINANCE, seq), seq);
    }

    private static KnownEvent known(LogSlice slice, long seq) {
        LogSlice.StoredEvent event = slice.events().get(0);
        return new KnownEvent(slice.epoch(), seq, KnownEvent.fingerprint(event.timestamp(), event.json()));
    }
}
