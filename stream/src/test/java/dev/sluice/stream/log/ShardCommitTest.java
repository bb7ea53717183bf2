// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import static dev.sluice.stream.log.Replica.FINANCE;
import static dev.sluice.stream.log.Replica.PUBLISHER;
import static dev.sluice.stream.log.Replica.ROOMY;
import static dev.sluice.stream.log.Replica.STAFF;
import static dev.sluice.stream.log.Replica.entries;
import static dev.sluice.stream.log.Replica.entry;
import static dev.sluice.stream.log.Replica.idsOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.stream.Receipt;
import dev.sluice.stream.StreamKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Positions, duplicates, retries, versions. */
class ShardCommitTest {

    private final Replica shard = new Replica(ROOMY);

    @Test
    void shouldNumberEachStreamByItselfWhenACommitHasSeveral() {
        List<CommitEntry> mixed =
                List.of(entry(FINANCE, "a", 0), entry(STAFF, "b", 0), entry(FINANCE, "c", 0), entry(STAFF, "d", 0));

        CommitResult result = shard.commit(1, mixed).reply().toResult();

        assertThat(seqs(result)).containsExactly(1L, 1L, 2L, 2L);
        assertThat(idsOf(shard.read(FINANCE, 1))).containsExactly("a", "c");
        assertThat(idsOf(shard.read(STAFF, 1))).containsExactly("b", "d");
        assertThat(shard.read(FINANCE, 1).epoch())
                .isNotEqualTo(shard.read(STAFF, 1).epoch());
    }

    @Test
    void shouldNeverGoBackInTimeWhenTheClockDoes() {
        long first = shard.commit(FINANCE, "a").reply().toResult().timestamp();
        shard.now -= 60_000;

        CommitResult second = shard.commit(FINANCE, "b").reply().toResult();

        assertThat(first).isEqualTo(1_000_000);
        assertThat(second.timestamp()).isEqualTo(first);
        assertThat(shard.read(FINANCE, 1).events()).allMatch(event -> event.timestamp() == first);
    }

    @Test
    void shouldAnswerWithTheFirstSeqWhenAnEventIsPublishedAgain() {
        shard.commit(FINANCE, "a", "b");

        CommitResult again = shard.commit(FINANCE, "b", "c").reply().toResult();

        assertThat(seqs(again)).containsExactly(2L, 3L);
        assertThat(duplicates(again)).containsExactly(true, false);
        assertThat(idsOf(shard.read(FINANCE, 1))).containsExactly("a", "b", "c");
    }

    @Test
    void shouldRecogniseADuplicateWhenBothAreInTheSameCommit() {
        CommitResult result = shard.commit(FINANCE, "a", "b", "a").reply().toResult();

        assertThat(seqs(result)).containsExactly(1L, 2L, 1L);
        assertThat(duplicates(result)).containsExactly(false, false, true);
        assertThat(shard.read(FINANCE, 1).head()).isEqualTo(2);
    }

    @Test
    void shouldNotCallItADuplicateWhenTheSameIdGoesToAnotherStream() {
        shard.commit(FINANCE, "a");

        assertThat(duplicates(shard.commit(STAFF, "a").reply().toResult())).containsExactly(false);
    }

    @Test
    void shouldRecogniseAnIdWhenItsEventWasEvicted() {
        shard.limits = new Limits(1, 300_000, 86_400_000, 300_000, 4_096, 32 << 20, 64);
        shard.commit(FINANCE, "a", "b", "c");

        CommitResult again = shard.commit(FINANCE, "a").reply().toResult();

        assertThat(shard.read(FINANCE, 1).oldest()).isEqualTo(3);
        assertThat(seqs(again)).containsExactly(1L);
        assertThat(duplicates(again)).containsExactly(true);
    }

    @Test
    void shouldRecogniseAnIdUntilItsWindowEnds() {
        shard.commit(FINANCE, "a");
        shard.now += ROOMY.dedupWindowMillis();
        assertThat(duplicates(shard.commit(FINANCE, "a").reply().toResult())).containsExactly(true);

        shard.now += 1;
        CommitResult after = shard.commit(FINANCE, "a").reply().toResult();

        assertThat(duplicates(after)).containsExactly(false);
        assertThat(seqs(after)).containsExactly(2L);
    }

    @Test
    void shouldForgetTheOldestIdFirstWhenThereAreTooMany() {
        shard.limits = new Limits(1_000, 300_000, 86_400_000, 300_000, 2, 32 << 20, 64);
        shard.commit(FINANCE, "a", "b", "c");

        assertThat(duplicates(shard.commit(FINANCE, "c").reply().toResult())).containsExactly(true);
        assertThat(duplicates(shard.commit(FINANCE, "b").reply().toResult())).containsExactly(true);
        assertThat(duplicates(shard.commit(FINANCE, "a").reply().toResult())).containsExactly(false);
    }

    @Test
    void shouldGiveTheSameAnswerWhenACommitIsRetried() {
        List<CommitEntry> events = entries(FINANCE, "a", "b", "a");
        CommitResult first = shard.commit(5, events).reply().toResult();
        shard.commit(UUID.randomUUID(), 1, entries(FINANCE, "x"));
        byte[] before = shard.bytes();
        shard.now += 1_000;

        CommitResult retried = shard.commit(5, events).reply().toResult();

        assertThat(retried).isEqualTo(first);
        assertThat(duplicates(retried)).containsExactly(false, false, true);
        assertThat(shard.bytes()).isEqualTo(before);
    }

    @Test
    void shouldRefuseWhenALaterCommitOfThePublisherWasAnswered() {
        shard.commit(5, entries(FINANCE, "a"));
        byte[] before = shard.bytes();

        ShardState.Committed late = shard.commit(4, entries(FINANCE, "b"));

        assertThatThrownBy(late.reply()::toResult)
                .isInstanceOf(StaleCommitException.class)
                .hasMessageContaining("4")
                .hasMessageContaining("5");
        assertThat(late.delta()).isNull();
        assertThat(shard.bytes()).isEqualTo(before);
    }

    @Test
    void shouldRefuseWhenANumberComesAgainWithOtherEvents() {
        shard.commit(5, entries(FINANCE, "a"));

        ShardState.Committed other = shard.commit(5, entries(FINANCE, "b"));

        assertThatThrownBy(other.reply()::toResult).isInstanceOf(StaleCommitException.class);
        assertThat(shard.read(FINANCE, 1).head()).isEqualTo(1);
    }

    @Test
    void shouldTellPublishersApartWhenTheyUseTheSameNumber() {
        shard.commit(new UUID(1, 1), 1, entries(FINANCE, "a"));

        CommitResult other =
                shard.commit(new UUID(1, 2), 1, entries(FINANCE, "b")).reply().toResult();

        assertThat(seqs(other)).containsExactly(2L);
    }

    @Test
    void shouldAnswerEventByEventWhenThePublisherWasForgotten() {
        shard.commit(1, entries(FINANCE, "a"));
        for (int i = 0; i < PublisherTable.MAX_PUBLISHERS; i++) {
            shard.commit(new UUID(2, i), 1, entries(STAFF, "s" + i));
        }

        CommitResult retried = shard.commit(1, entries(FINANCE, "a")).reply().toResult();

        assertThat(seqs(retried)).containsExactly(1L);
        assertThat(duplicates(retried)).containsExactly(true);
    }

    @Test
    void shouldForgetAPublisherWhenItWasSilentTooLong() {
        shard.limits = new Limits(1_000, 300_000, 86_400_000, 1, 4_096, 32 << 20, 64);
        shard.commit(1, entries(FINANCE, "a"));
        shard.now += PublisherTable.SILENCE_MILLIS;
        shard.sweep();
        assertThat(seqs(shard.commit(1, entries(FINANCE, "a")).reply().toResult()))
                .containsExactly(1L);

        shard.now += 1;
        shard.sweep();

        assertThat(seqs(shard.commit(1, entries(FINANCE, "a")).reply().toResult()))
                .as("a new commit to the log, whose ids are forgotten as well")
                .containsExactly(2L);
    }

    @Test
    void shouldCountOnlyCommitsThatAddedSomethingWhenItVersions() {
        assertThat(shard.commit(FINANCE, "a").reply().toResult().version()).isEqualTo(new ShardVersion(7, 1));
        assertThat(shard.commit(FINANCE, "a").reply().toResult().version()).isEqualTo(new ShardVersion(7, 1));
        assertThat(shard.commit(STAFF, "a").reply().toResult().version()).isEqualTo(new ShardVersion(7, 2));
        assertThat(shard.state.version()).isEqualTo(new ShardVersion(7, 2));
    }

    @Test
    void shouldNameTheStreamsThatMovedWhenAskedForChanges() {
        shard.commit(FINANCE, "a");
        shard.commit(STAFF, "a");
        shard.read(new StreamKey("acme", "silent"), 1);

        assertThat(shard.state.changes(new ShardVersion(7, 0)).heads()).containsOnlyKeys(FINANCE, STAFF);
        assertThat(shard.state.changes(new ShardVersion(7, 1)).heads()).containsOnlyKeys(STAFF);
        assertThat(shard.state.changes(new ShardVersion(7, 2)).heads()).isEmpty();
        assertThat(shard.state.changes(new ShardVersion(8, 2)).heads()).hasSize(3);
        assertThat(shard.state.changes(ShardVersion.NONE).version()).isEqualTo(new ShardVersion(7, 2));
    }

    @Test
    void shouldRefuseOnlyTheEventsOfNewStreamsWhenTheOrgHasAllItsStreams() {
        shard.limits = new Limits(1_000, 300_000, 86_400_000, 300_000, 4_096, 32 << 20, 1);
        StreamKey foreign = new StreamKey("other", "finance");

        CommitResult result = shard.commit(
                        1, List.of(entry(FINANCE, "a", 0), entry(STAFF, "b", 0), entry(foreign, "c", 0)))
                .reply()
                .toResult();

        assertThat(result.receipts().stream().map(Optional::isPresent)).containsExactly(true, false, true);
        assertThat(shard.state.changes(ShardVersion.NONE).heads()).containsOnlyKeys(FINANCE, foreign);
    }

    @Test
    void shouldNotMakeAVersionWhenEveryEventIsRefused() {
        shard.limits = new Limits(1_000, 300_000, 86_400_000, 300_000, 4_096, 32 << 20, 1);
        shard.commit(FINANCE, "a");

        CommitResult result = shard.commit(STAFF, "a").reply().toResult();

        assertThat(result.receipts()).containsExactly(Optional.empty());
        assertThat(result.version()).isEqualTo(new ShardVersion(7, 1));
    }

    @Test
    void shouldRememberAFullCommitWhenItIsRetried() {
        List<CommitEntry> events = new ArrayList<>();
        for (int i = 0; i < Commit.MAX_EVENTS; i++) {
            events.add(entry(new StreamKey("org" + i, "finance"), "a", 0));
        }
        CommitResult first = shard.commit(PUBLISHER, 1, events).reply().toResult();

        shard.state = shard.migrated();

        assertThat(shard.commit(PUBLISHER, 1, events).reply().toResult()).isEqualTo(first);
    }

    private static List<Long> seqs(CommitResult result) {
        return result.receipts().stream()
                .map(receipt -> receipt.orElseThrow().position().seq())
                .toList();
    }

    private static List<Boolean> duplicates(CommitResult result) {
        return result.receipts().stream()
                .map(Optional::orElseThrow)
                .map(Receipt::duplicate)
                .toList();
    }
}
