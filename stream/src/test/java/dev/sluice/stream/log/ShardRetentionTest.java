// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import static dev.sluice.stream.log.Replica.FINANCE;
import static dev.sluice.stream.log.Replica.ROOMY;
import static dev.sluice.stream.log.Replica.STAFF;
import static dev.sluice.stream.log.Replica.entry;
import static dev.sluice.stream.log.Replica.idsOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.StreamKey;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is kept, and for how long (P8). */
class ShardRetentionTest {

    private static final long MINUTE = 60_000;

    /** 3 events, 5 minutes; a stream is forgotten after an hour. */
    private final Replica shard = new Replica(new Limits(3, 5 * MINUTE, 60 * MINUTE, 5 * MINUTE, 100, 32 << 20, 64));

    @Test
    void shouldKeepTheNewestWhenThereAreMoreThanTheCount() {
        shard.commit(FINANCE, "a", "b");
        shard.commit(FINANCE, "c", "d");

        assertThat(idsOf(shard.read(FINANCE, 1))).containsExactly("b", "c", "d");
        assertThat(shard.read(FINANCE, 1).oldest()).isEqualTo(2);
    }

    @Test
    void shouldKeepAnEventUntilItsAgeEndsWhenSwept() {
        shard.commit(FINANCE, "a");
        shard.now += 5 * MINUTE;
        shard.sweep();
        assertThat(idsOf(shard.read(FINANCE, 1))).containsExactly("a");

        shard.now += 1;
        shard.sweep();

        assertThat(shard.read(FINANCE, 1).events()).isEmpty();
        assertThat(shard.read(FINANCE, 1).head()).isEqualTo(1);
    }

    @Test
    void shouldDropTheExpiredOfATouchedStreamOnlyWhenACommitComes() {
        shard.commit(FINANCE, "a");
        shard.commit(STAFF, "a");
        shard.now += 5 * MINUTE + 1;

        shard.commit(FINANCE, "b");

        assertThat(idsOf(shard.read(FINANCE, 1))).containsExactly("b");
        assertThat(idsOf(shard.read(STAFF, 1))).containsExactly("a");
    }

    @Test
    void shouldForgetAStreamWhenItWasSilentThatLong() {
        shard.commit(FINANCE, "a");
        String epoch = shard.read(FINANCE, 1).epoch();
        shard.now += 60 * MINUTE - 1;
        assertThat(shard.sweep().forgotten()).isZero();
        assertThat(shard.read(FINANCE, 1).epoch()).isEqualTo(epoch);

        shard.now += 1;
        assertThat(shard.sweep().forgotten()).isEqualTo(1);

        assertThat(shard.state.changes(ShardVersion.NONE).heads()).isEmpty();
        LogSlice anew = shard.read(FINANCE, 1);
        assertThat(anew.epoch()).isNotEqualTo(epoch);
        assertThat(anew.head()).isZero();
    }

    @Test
    void shouldNotTakeAReadForActivityWhenItForgets() {
        shard.read(FINANCE, 1);
        shard.now += 60 * MINUTE - 1;
        shard.read(FINANCE, 1);
        shard.now += 1;

        assertThat(shard.sweep().forgotten()).isEqualTo(1);
    }

    @Test
    void shouldGiveTheOrgItsStreamBackWhenOneIsForgotten() {
        shard.limits = new Limits(3, 5 * MINUTE, 60 * MINUTE, 5 * MINUTE, 100, 32 << 20, 1);
        shard.read(FINANCE, 1);
        shard.now += 60 * MINUTE;
        shard.sweep();

        assertThat(shard.read(STAFF, 1).head()).isZero();
    }

    @Test
    void shouldCostAlmostNothingWhenAllIsExpired() {
        shard.append(FINANCE, 3);
        shard.now += 11 * MINUTE;

        SweepReport report = shard.sweep();

        assertThat(report.streams()).isEqualTo(1);
        assertThat(report.events()).isZero();
        assertThat(report.bytes()).isEqualTo(StreamState.OVERHEAD_BYTES);
    }

    @Test
    void shouldTakeTheHistoryOfTheFlooderWhenBytesRunOut() {
        shard.limits = withBytes(200_000);
        StreamKey flooder = new StreamKey("flooder", "finance");
        shard.commit(1, events(FINANCE, "quiet", 5, 100));

        for (int i = 2; i < 40; i++) {
            shard.commit(i, events(flooder, "flood" + i + "-", 10, 1_000));
            assertThat(shard.state.bytes()).isLessThanOrEqualTo(200_000);
        }

        assertThat(shard.read(FINANCE, 1).events()).hasSize(5);
        LogSlice flooded = shard.read(flooder, 1);
        assertThat(flooded.head()).isEqualTo(380);
        assertThat(flooded.oldest()).isGreaterThan(1);
        assertThat(flooded.events()).hasSizeGreaterThan(100);
        SweepReport report = shard.sweep();
        assertThat(report.overflowed()).isGreaterThanOrEqualTo(flooded.oldest() - 1);
        assertThat(shard.sweep().overflowed()).isZero();
    }

    @Test
    void shouldEvictDownToNineTenthsWhenItEvictsAtAll() {
        shard.limits = withBytes(100_000);
        int number = 1;
        while (shard.sweep().overflowed() == 0) {
            shard.commit(number, events(FINANCE, "e" + number++ + "-", 1, 1_000));
        }

        assertThat(shard.state.bytes()).isBetween(88_000L, 90_000L);
    }

    @Test
    void shouldLevelTheLargestWhenSeveralStreamsFlood() {
        shard.limits = withBytes(100_000);
        shard.commit(1, events(FINANCE, "f", 60, 1_000));
        shard.commit(2, events(STAFF, "s", 30, 1_000));

        shard.commit(3, events(STAFF, "t", 10, 1_000));

        assertThat(shard.read(FINANCE, 1).events()).hasSizeBetween(36, 41);
        assertThat(shard.read(STAFF, 1).events()).hasSizeBetween(36, 40);
    }

    @Test
    void shouldKeepTheHistoryOfAQuietOrgWhenAnotherFloodsThroughManyStreams() {
        shard.limits = withBytes(4 << 20);
        StreamKey quiet = new StreamKey("quiet", "finance");
        shard.commit(UUID.randomUUID(), 1, events(quiet, "q", 30, 10_000));

        for (int i = 0; i < 200; i++) {
            // Each of these streams is smaller than the quiet one.
            StreamKey noisy = new StreamKey("noisy", "s" + i % 60);
            shard.commit(UUID.randomUUID(), 1, events(noisy, "n" + i + "-", 1, 65_000));
        }

        assertThat(shard.sweep().overflowed()).isPositive();
        assertThat(shard.read(quiet, 1).events()).hasSize(30);
    }

    @Test
    void shouldDropIdsWhenEventsAreNotEnough() {
        shard.limits = new Limits(1, 5 * MINUTE, 60 * MINUTE, 5 * MINUTE, 100_000, 20_000, 64);

        for (int i = 1; i < 50; i++) {
            shard.commit(UUID.randomUUID(), 1, events(FINANCE, "e" + i + "-", 20, 10));
            assertThat(shard.state.bytes()).isLessThanOrEqualTo(20_000);
        }

        assertThat(shard.read(FINANCE, 1).head()).isEqualTo(980);
    }

    @Test
    void shouldAnswerForEveryEventWhenACommitEvictsItsOwn() {
        shard.limits = withBytes(50_000);

        CommitResult result =
                shard.commit(1, events(FINANCE, "e", 100, 1_000)).reply().toResult();

        assertThat(result.receipts()).hasSize(100);
        assertThat(result.receipts().get(99).orElseThrow().position().seq()).isEqualTo(100);
        assertThat(shard.read(FINANCE, 1).head()).isEqualTo(100);
        assertThat(shard.read(FINANCE, 1).oldest()).isGreaterThan(50);
    }

    @Test
    void shouldRememberFewerPublishersWhenTheirAnswersCostTooMuch() {
        shard.limits = withBytes(100_000);
        for (int i = 0; i < 50; i++) {
            shard.commit(new UUID(3, i), 1, events(FINANCE, "e" + i + "-", 100, 10));
        }

        assertThat(shard.state.bytes()).isLessThanOrEqualTo(100_000);
        assertThat(retriedSeq(49)).as("the latest is known").isEqualTo(4_901);
        shard.limits = ROOMY;
        assertThat(retriedSeq(0)).as("the first is not, nor are its ids").isGreaterThan(5_000);
    }

    private long retriedSeq(int publisher) {
        return shard.commit(new UUID(3, publisher), 1, events(FINANCE, "e" + publisher + "-", 100, 10))
                .reply()
                .toResult()
                .receipts()
                .get(0)
                .orElseThrow()
                .position()
                .seq();
    }

    private static Limits withBytes(long maxShardBytes) {
        return new Limits(10_000, 5 * MINUTE, 60 * MINUTE, 5 * MINUTE, 100, maxShardBytes, 64);
    }

    private static List<CommitEntry> events(StreamKey key, String prefix, int count, int bytes) {
        return new ArrayList<>(IntStream.range(0, count)
                .mapToObj(i -> entry(key, prefix + i, bytes))
                .toList());
    }
}
