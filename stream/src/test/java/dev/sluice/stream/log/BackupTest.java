// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import static dev.sluice.stream.log.Replica.FINANCE;
import static dev.sluice.stream.log.Replica.ROOMY;
import static dev.sluice.stream.log.Replica.STAFF;
import static dev.sluice.stream.log.Replica.entries;
import static dev.sluice.stream.log.Replica.idsOf;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a backup does with deltas, those that it missed included. */
class BackupTest {

    private final Replica primary = new Replica(ROOMY);
    private final Replica backup = new Replica(ROOMY);

    @Test
    void shouldKeepWhatWasPromisedAndTakeTheHeadWhenACommitWasMissed() {
        backup.apply(primary.commit(FINANCE, "a").delta());
        primary.commit(FINANCE, "b", "c");
        backup.apply(primary.commit(FINANCE, "d").delta());

        LogSlice before = backup.read(FINANCE, 1);
        LogSlice after = backup.read(FINANCE, before.lastSeq() + 1);

        assertThat(before.epoch()).isEqualTo(primary.read(FINANCE, 1).epoch());
        assertThat(before.head()).isEqualTo(4);
        assertThat(before.oldest()).isEqualTo(1);
        assertThat(idsOf(before)).containsExactly("a");
        assertThat(after.firstSeq()).isEqualTo(4);
        assertThat(idsOf(after)).containsExactly("d");
        assertThat(backup.state.version()).isEqualTo(primary.state.version());
        assertThat(backup.migrated().bytes()).isEqualTo(backup.state.bytes());
    }

    @Test
    void shouldGiveTheNextSeqWhenTheLastCommitsWereMissed() {
        backup.apply(primary.commit(FINANCE, "a").delta());
        primary.commit(FINANCE, "b", "c");
        backup.apply(primary.state
                .read(new ReadRequest(FINANCE, 1, 10, 1_000), primary.now, ROOMY, primary.random)
                .delta());

        LogSlice end = backup.read(FINANCE, 2);
        assertThat(end.firstSeq()).isEqualTo(4);
        assertThat(end.events()).isEmpty();
        assertThat(idsOf(backup.read(FINANCE, 1))).containsExactly("a");
        CommitResult next =
                backup.commit(new UUID(9, 9), 1, entries(FINANCE, "d")).reply().toResult();
        assertThat(next.receipts().get(0).orElseThrow().position().seq()).isEqualTo(4);
    }

    @Test
    void shouldFillAHoleInTheMiddleWhenTheMissedCommitIsRetried() {
        backup.apply(primary.commit(new UUID(9, 9), 1, entries(FINANCE, "a")).delta());
        List<CommitEntry> events = entries(FINANCE, "b", "c");
        primary.commit(1, events);
        backup.apply(primary.commit(new UUID(9, 9), 2, entries(FINANCE, "d")).delta());

        backup.apply(primary.commit(1, events).delta());

        assertThat(idsOf(backup.read(FINANCE, 1))).containsExactly("a", "b", "c", "d");
        assertThat(backup.state.bytes()).isEqualTo(primary.state.bytes());
    }

    /** The first publisher's answer never came, so its event is published again, by another one: that is told that it is there. */
    @Test
    void shouldHoldWhatItsPrimaryCallsADuplicateWhenTheFirstCommitWasMissed() {
        backup.apply(primary.commit(FINANCE, "a").delta());
        primary.commit(FINANCE, "b");
        primary.commit(FINANCE, "c");
        primary.now += 10;

        ShardState.Committed again = primary.commit(new UUID(9, 9), 1, entries(FINANCE, "b"));
        backup.apply(again.delta());

        assertThat(again.reply().toResult().receipts().get(0).orElseThrow().duplicate())
                .isTrue();
        assertThat(idsOf(backup.read(FINANCE, 1))).containsExactly("a", "b");
        assertThat(backup.read(FINANCE, 2).events().get(0).timestamp())
                .as("it is the same event")
                .isEqualTo(primary.read(FINANCE, 2).events().get(0).timestamp());
        CommitResult third =
                backup.commit(new UUID(8, 8), 1, entries(FINANCE, "b")).reply().toResult();
        assertThat(third.receipts().get(0).orElseThrow().position())
                .isEqualTo(
                        again.reply().toResult().receipts().get(0).orElseThrow().position());
    }

    @Test
    void shouldHoldTheDuplicateAndTheNewWhenACommitBringsBoth() {
        backup.apply(primary.commit(FINANCE, "a").delta());
        primary.commit(FINANCE, "b");
        primary.commit(FINANCE, "c");

        backup.apply(
                primary.commit(new UUID(9, 9), 1, entries(FINANCE, "b", "d")).delta());

        assertThat(idsOf(backup.read(FINANCE, 1))).containsExactly("a", "b");
        assertThat(idsOf(backup.read(FINANCE, 3))).containsExactly("d");
        assertThat(backup.read(FINANCE, 3).firstSeq()).isEqualTo(4);
    }

    @Test
    void shouldLetGoOfAHoleWithTheEventsBeforeIt() {
        backup.apply(primary.commit(FINANCE, "a").delta());
        primary.commit(FINANCE, "b", "c");
        primary.now += ROOMY.maxAgeMillis();
        backup.apply(primary.commit(FINANCE, "d").delta());
        backup.now = primary.now + 1;

        backup.sweep();

        assertThat(backup.read(FINANCE, 1).oldest()).isEqualTo(4);
        assertThat(idsOf(backup.read(FINANCE, 1))).containsExactly("d");
    }

    @Test
    void shouldFillTheHoleWhenTheMissedCommitIsRetried() {
        List<CommitEntry> events = entries(FINANCE, "a", "b", "c");
        primary.commit(1, events);
        backup.apply(primary.commit(new UUID(9, 9), 1, entries(FINANCE, "d")).delta());
        assertThat(idsOf(backup.read(FINANCE, 1))).containsExactly("d");

        ShardState.Committed retried = primary.commit(1, events);
        backup.apply(retried.delta());

        assertThat(idsOf(backup.read(FINANCE, 1))).containsExactly("a", "b", "c", "d");
        assertThat(backup.commit(1, events).reply().toResult())
                .isEqualTo(retried.reply().toResult());
        CommitResult again = backup.commit(2, entries(FINANCE, "b")).reply().toResult();
        assertThat(again.receipts().get(0).orElseThrow().duplicate()).isTrue();
        assertThat(again.receipts().get(0).orElseThrow().position().seq()).isEqualTo(2);
    }

    @Test
    void shouldKeepTheRetriedEventsWhenTheLaterOnesWereMissedToo() {
        List<CommitEntry> events = entries(FINANCE, "a", "b");
        primary.commit(1, events);
        primary.commit(new UUID(9, 9), 1, entries(FINANCE, "c"));

        backup.apply(primary.commit(1, events).delta());

        assertThat(idsOf(backup.read(FINANCE, 1))).containsExactly("a", "b");
        assertThat(backup.state.version()).isEqualTo(primary.state.version());
    }

    @Test
    void shouldChangeNothingWhenADeltaComesTwice() {
        ShardDelta first = primary.commit(FINANCE, "a", "b").delta();
        backup.apply(first);
        ShardDelta second = primary.commit(FINANCE, "c").delta();
        backup.apply(second);
        byte[] before = backup.bytes();

        backup.apply(second);
        backup.apply(first);

        assertThat(backup.bytes()).isEqualTo(before).isEqualTo(primary.bytes());
    }

    @Test
    void shouldGoOnAfterWhatAReaderSawWhenTheCommitItselfWasMissed() {
        primary.commit(FINANCE, "a", "b");
        ShardState.Read read =
                primary.state.read(new ReadRequest(FINANCE, 1, 10, 1_000), primary.now, ROOMY, primary.random);
        backup.apply(read.delta());

        CommitResult next = backup.commit(FINANCE, "c").reply().toResult();

        assertThat(next.receipts().get(0).orElseThrow().position().epoch())
                .isEqualTo(read.reply().toSlice().epoch());
        assertThat(next.receipts().get(0).orElseThrow().position().seq()).isEqualTo(3);
        assertThat(next.version().number()).isEqualTo(2);
    }

    @Test
    void shouldNotUndoWhatItKnowsWhenAnOlderFactComes() {
        ShardDelta old = primary.commit(FINANCE, "a").delta();
        backup.apply(old);
        backup.apply(primary.commit(FINANCE, "b").delta());

        backup.apply(old);

        assertThat(backup.read(FINANCE, 1).head()).isEqualTo(2);
        assertThat(backup.state.version().number()).isEqualTo(2);
    }

    @Test
    void shouldTakeTheOtherEpochWhenTheStreamWasForgottenWithoutIt() {
        backup.apply(primary.commit(FINANCE, "a", "b").delta());
        primary.now += ROOMY.forgetAfterMillis();
        primary.sweep();
        backup.apply(primary.commit(FINANCE, "c").delta());

        assertThat(idsOf(backup.read(FINANCE, 1))).containsExactly("c");
        assertThat(backup.read(FINANCE, 1).epoch())
                .isEqualTo(primary.read(FINANCE, 1).epoch());
        assertThat(backup.state.bytes()).isEqualTo(primary.state.bytes());
    }

    @Test
    void shouldForgetEverythingWhenTheShardBeganAnew() {
        backup.apply(primary.commit(FINANCE, "a").delta());
        primary.state = new ShardState(8);

        backup.apply(primary.commit(STAFF, "b").delta());

        assertThat(backup.bytes()).isEqualTo(primary.bytes());
    }

    @Test
    void shouldNotSendEventsAgainWhenARetriedCommitIsExpired() {
        List<CommitEntry> events = entries(FINANCE, "a", "b");
        backup.apply(primary.commit(1, events).delta());
        primary.now += ROOMY.maxAgeMillis() + 1;
        backup.now = primary.now;
        primary.sweep();
        backup.sweep();

        ShardState.Committed retried = primary.commit(1, events);
        backup.apply(retried.delta());

        assertThat(retried.delta().streams().get(0).added()).isEmpty();
        assertThat(backup.bytes()).isEqualTo(primary.bytes());
    }
}
