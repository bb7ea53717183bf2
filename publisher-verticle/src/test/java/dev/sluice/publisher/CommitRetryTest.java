// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher;

import static dev.sluice.publisher.PublisherBench.FINANCE;
import static dev.sluice.publisher.PublisherBench.OPTIONS;
import static dev.sluice.publisher.TestEvents.events;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.Receipt;
import dev.sluice.stream.StreamKey;
import dev.sluice.stream.log.Commit;
import dev.sluice.stream.log.StaleCommitException;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a publisher does with a log that does not answer, or whose answer gets lost. */
class CommitRetryTest {

    private final PublisherBench bench = new PublisherBench();
    private final FaultyLog log = bench.log;

    @Test
    void shouldRetryTheSameCommitWhenItDidNotReachTheLog() {
        log.behave(log::failBefore);
        Future<List<Receipt>> receipts = bench.submitAll(events(FINANCE, 1, 3));
        log.behave(log::apply);
        bench.loop.advanceMillis(10);

        assertThat(receipts.result()).extracting(Receipt::duplicate).containsOnly(false);
        assertThat(log.attempts()).hasSize(2).allMatch(log.attempts().get(0)::equals);
        assertThat(log.stored(FINANCE)).hasSize(3);
        assertThat(bench.count("sluice.publisher.attempts.failed")).isEqualTo(1);
    }

    @Test
    void shouldGetTheFirstAnswerAndPushOnceWhenTheAnswerWasLost() {
        log.behave(log::failAfter);
        Future<List<Receipt>> receipts = bench.submitAll(events(FINANCE, 1, 3));
        bench.loop.advanceMillis(10);
        log.behave(log::apply);
        bench.loop.advanceMillis(20);

        assertThat(log.numbers()).containsExactly(1L, 1L, 1L);
        assertThat(receipts.result()).isEqualTo(List.of(receipt(1), receipt(2), receipt(3)));
        assertThat(log.stored(FINANCE)).hasSize(3);
        assertThat(bench.pushes).hasSize(1);
        assertThat(bench.pushes.get(0).runs().get(0).events()).hasSize(3);
    }

    @Test
    void shouldCommitWhatWaitsUnderTheNextNumberWhenARetrySucceeds() {
        log.behave(log::failAfter);
        bench.submit(FINANCE, 1);
        Future<Receipt> second = bench.submit(FINANCE, 2);
        log.behave(log::apply);
        bench.loop.advanceMillis(10);

        assertThat(log.numbers()).containsExactly(1L, 1L, 2L);
        assertThat(second.result()).isEqualTo(receipt(2));
    }

    @Test
    void shouldPauseLongerAfterEachFailureUpToTheLongestPause() {
        log.behave(log::failBefore);
        bench.submit(FINANCE, 1);
        long before = 0;
        long[] full = {10, 20, 40, 80, 80, 80};
        for (int i = 0; i < full.length; i++) {
            int attempts = log.attempts().size();
            while (log.attempts().size() == attempts) {
                bench.loop.advance(Duration.ofNanos(100_000));
            }
            double pause = bench.loop.elapsed().toNanos() / 1e6 - before / 1e6;
            before = bench.loop.elapsed().toNanos();
            assertThat(pause).as("pause %s", i + 1).isBetween(full[i] / 2.0, full[i] + 0.2);
        }
    }

    @Test
    void shouldFailWithAnUnknownOutcomeWhenTheTimeIsOver() {
        log.behave(log::failAfter);
        Future<Receipt> receipt = bench.submit(FINANCE, 1);
        bench.loop.advance(OPTIONS.commitTimeout().minusMillis(1));
        assertThat(receipt.isComplete()).isFalse();
        bench.loop.advanceMillis(1);

        assertThat(receipt.cause()).isInstanceOfSatisfying(PublishUnavailableException.class, e -> {
            assertThat(e.outcomeUnknown()).isTrue();
            assertThat(e.retryAfter()).isPositive();
            assertThat(e)
                    .hasMessageContaining("the cluster has no quorum")
                    .hasMessageContaining("publish again with the same id");
        });
        assertThat(bench.count("sluice.publisher.commits", "outcome", "unknown"))
                .isEqualTo(1);
        assertThat(bench.gauge("sluice.publisher.queued")).isZero();

        // Then the same event again, as the message says.
        log.behave(log::apply);
        Receipt again = bench.submit(FINANCE, 1).result();

        assertThat(log.numbers().get(log.numbers().size() - 1)).isEqualTo(2);
        assertThat(again).isEqualTo(new Receipt(receipt(1).position(), true));
        assertThat(log.stored(FINANCE)).hasSize(1);
    }

    @Test
    void shouldFailWhenAnAttemptHangsLongerThanTheTimeAndGoOnWithTheNextNumber() {
        FaultyLog.Held held = log.hold();
        Future<Receipt> first = bench.submit(FINANCE, 1);
        bench.loop.advanceMillis(3_000);
        Future<Receipt> second = bench.submit(FINANCE, 2);
        bench.loop.advanceMillis(2_000);

        assertThat(((PublishUnavailableException) first.cause()).outcomeUnknown())
                .isTrue();
        assertThat(log.numbers()).containsExactly(1L, 2L);

        // The second is answered first; then the first arrives after all, and the shard refuses it.
        Commit late = log.attempts().get(0);
        held.release(commit -> Future.succeededFuture().compose(nothing -> FaultyLog.unavailable()));
        held.release(log::apply);
        assertThat(second.result()).isEqualTo(receipt(1));
        assertThat(log.apply(late).cause()).isInstanceOf(StaleCommitException.class);
        assertThat(log.stored(FINANCE)).containsExactly(TestEvents.json(FINANCE, "2"));
    }

    @Test
    void shouldFailWhatWaitedTooLongForItsTurnAndSayThatItWasNotPublished() {
        log.hold();
        bench.submit(FINANCE, 1);
        Future<Receipt> waited = bench.submit(FINANCE, 2);
        bench.loop.advanceMillis(4_000);
        Future<Receipt> young = bench.submit(FINANCE, 3);
        bench.loop.advanceMillis(1_000);

        assertThat(waited.cause()).isInstanceOfSatisfying(PublishUnavailableException.class, e -> {
            assertThat(e.outcomeUnknown()).isFalse();
            assertThat(e).hasMessageContaining("waited 5000 ms");
        });
        assertThat(young.isComplete()).isFalse();
        assertThat(log.sizes()).containsExactly(1, 1);
        assertThat(bench.count("sluice.publisher.rejected", "cause", "waited_too_long"))
                .isEqualTo(1);
    }

    @Test
    void shouldTakeANewNumberWhenTheShardKnowsALaterCommit() {
        log.behave(commit -> Future.failedFuture(new StaleCommitException("commit 1 comes too late")));
        Future<Receipt> receipt = bench.submit(FINANCE, 1);
        log.behave(log::apply);
        bench.loop.advanceMillis(10);

        assertThat(receipt.result()).isEqualTo(receipt(1));
        assertThat(log.numbers()).containsExactly(1L, 2L);
    }

    @Test
    void shouldFailOnceAndGoOnWhenTheLogFailsInAnUnexpectedWay() {
        IllegalStateException bug = new IllegalStateException("a bug");
        log.behave(commit -> {
            throw bug;
        });
        Future<Receipt> thrown = bench.submit(FINANCE, 1);
        log.behave(commit -> Future.failedFuture(bug));
        Future<Receipt> failed = bench.submit(FINANCE, 2);
        log.behave(log::apply);
        Future<Receipt> next = bench.submit(FINANCE, 3);

        assertThat(thrown.cause()).isSameAs(bug);
        assertThat(failed.cause()).isSameAs(bug);
        assertThat(next.result()).isEqualTo(receipt(1));
        assertThat(bench.count("sluice.publisher.commits", "outcome", "error")).isEqualTo(2);
    }

    @Test
    void shouldLetOtherShardsGoOnWhenOneDoesNotAnswer() {
        StreamKey other = bench.elsewhere(0);
        int stuck = FINANCE.shard(log.shards());
        log.behave(commit -> commit.shard() == stuck ? FaultyLog.unavailable() : log.apply(commit));
        Future<Receipt> waiting = bench.submit(FINANCE, 1);
        for (int i = 1; i <= 50; i++) {
            assertThat(bench.submit(other, i).succeeded()).as("event %s", i).isTrue();
            bench.loop.advanceMillis(20);
        }

        assertThat(waiting.isComplete()).isFalse();
        assertThat(bench.gauge("sluice.publisher.breaker.state")).isZero();
        log.behave(log::apply);
        bench.loop.advanceMillis(80);
        assertThat(waiting.result()).isEqualTo(receipt(1));
    }

    private Receipt receipt(long seq) {
        return new Receipt(new dev.sluice.stream.Position(log.slice(FINANCE).epoch(), seq), false);
    }
}
