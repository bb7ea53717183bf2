// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.StreamKey;
import dev.sluice.stream.log.Commit;
import dev.sluice.stream.log.CommitResult;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * How long quiet orgs wait for their receipts while another floods the same shard, in simulated time: a commit takes 1 ms and 2 ns for
 * each byte, which is slower than any network between nodes.
 */
class FairCommitTest {

    private static final Duration STEP = Duration.ofMillis(1);
    private static final int QUIET_ORGS = 10;

    private final FaultyLog log = new FaultyLog(1, 64);
    private final PublisherBench bench = new PublisherBench(PublisherOptions.defaults(), log);
    private final Random random = new Random(5);
    private int number;

    /** Publishes for the noisy org in a step. */
    private interface Noise {
        void publish();
    }

    private Future<CommitResult> slowly(Commit commit) {
        long bytes =
                commit.events().stream().mapToLong(event -> event.json().length).sum();
        return FaultyLog.after(bench.loop, Duration.ofNanos(1_000_000 + 2 * bytes), log::apply)
                .commit(commit);
    }

    /** The 99th percentile of the quiet orgs' waiting times, in nanoseconds. */
    private long p99(Noise noise) {
        log.behave(this::slowly);
        List<Long> waits = new ArrayList<>();
        for (int step = 0; step < 4_000; step++) {
            noise.publish();
            if (random.nextInt(10) == 0) {
                StreamKey quiet = new StreamKey("quiet" + random.nextInt(QUIET_ORGS), "s");
                long from = bench.loop.nanoTime();
                bench.publisher
                        .submit(TestEvents.sized(quiet, number++, 300))
                        .onSuccess(receipt -> waits.add(bench.loop.nanoTime() - from))
                        .onFailure(refused -> waits.add(Long.MAX_VALUE));
            }
            bench.loop.advance(STEP);
        }
        bench.loop.advance(Duration.ofSeconds(30));
        assertThat(waits).hasSizeGreaterThan(300);
        Collections.sort(waits);
        return waits.get(waits.size() * 99 / 100);
    }

    private Noise flood(int perStep, int bytes) {
        StreamKey noisy = new StreamKey("noisy", "s");
        return () -> {
            for (int i = 0; i < perStep; i++) {
                bench.publisher.submit(TestEvents.sized(noisy, number++, bytes));
            }
        };
    }

    @Test
    void shouldKeepTheQuietWithinTwiceTheirNormalWaitWhenOneOrgPublishesAHundredTimesItsShare() {
        // A quiet org publishes 10 events a second.
        long alone = p99(() -> {});
        long beside = p99(flood(1, 300));

        assertThat(beside).isLessThanOrEqualTo(2 * alone);
    }

    @Test
    void shouldKeepTheQuietWaitingForOneCommitOnlyWhenOneOrgFloods() {
        // 64 MB/s of 64 KiB events; the log takes 500 MB/s at most, one commit of 256 KiB in 1.5 ms.
        long beside = p99(flood(10, 64_000));

        // The commit that is under way and the own one.
        assertThat(Duration.ofNanos(beside)).isLessThanOrEqualTo(Duration.ofMillis(4));
        assertThat(bench.count("sluice.publisher.rejected", "cause", "org_busy"))
                .isPositive();
    }

    @Test
    void shouldRefuseTheOrgThatHasItsShareOfTheQueueAndTakeTheOthers() {
        FaultyLog.Held held = log.hold();
        StreamKey noisy = new StreamKey("noisy", "s");
        List<Future<?>> noise = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            noise.add(bench.submit(TestEvents.sized(noisy, number++, 64_000)));
        }
        Future<?> quiet = bench.submit(TestEvents.event(new StreamKey("quiet", "s"), number++));

        // A quarter of 64 MiB.
        assertThat(noise.stream().filter(Future::failed)).hasSize(300 - (16 << 20) / 64_000);
        assertThat(noise.get(299).cause())
                .isInstanceOfSatisfying(PublisherBusyException.class, busy -> assertThat(busy.isOfOrg())
                        .isTrue());
        assertThat(bench.publisher.writeQueueFull("noisy")).isTrue();
        assertThat(bench.publisher.writeQueueFull("quiet")).isFalse();
        assertThat(bench.publisher.drained("quiet").succeeded()).isTrue();
        Future<Void> drained = bench.publisher.drained("noisy");
        assertThat(drained.isComplete()).isFalse();

        log.behave(log::apply);
        held.releaseAll();
        bench.loop.run();
        assertThat(quiet.succeeded()).isTrue();
        assertThat(drained.succeeded()).isTrue();
    }
}
