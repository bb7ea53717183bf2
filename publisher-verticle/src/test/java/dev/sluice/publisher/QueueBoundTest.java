// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher;

import static dev.sluice.publisher.PublisherBench.FINANCE;
import static dev.sluice.publisher.TestEvents.events;
import static dev.sluice.publisher.TestEvents.sized;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.Event;
import dev.sluice.stream.Receipt;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** P8 for publishers: 1 000 events and 1 MiB of an org are held, not more. */
class QueueBoundTest {

    private final PublisherBench bench = new PublisherBench();
    private final FaultyLog.Held held = bench.log.hold();

    @Test
    void shouldRefuseWhenSoManyEventsAreHeld() {
        bench.submitAll(events(FINANCE, 1, 999));
        Future<Receipt> last = bench.submit(FINANCE, 1_000);
        Future<Receipt> refused = bench.submit(FINANCE, 1_001);

        assertThat(last.isComplete()).isFalse();
        assertThat(refused.cause()).isInstanceOfSatisfying(PublisherBusyException.class, e -> assertThat(e.retryAfter())
                .isPositive());
        assertThat(bench.gauge("sluice.publisher.queued")).isEqualTo(1_000);
        assertThat(bench.count("sluice.publisher.rejected", "cause", "org_busy"))
                .isEqualTo(1);
    }

    @Test
    void shouldRefuseWhenSoManyBytesAreHeld() {
        for (int i = 0; i < 16; i++) {
            bench.submit(sized(FINANCE, i, 1 << 16));
        }

        assertThat(bench.submit(FINANCE, 99).cause()).isInstanceOf(PublisherBusyException.class);
        assertThat(bench.gauge("sluice.publisher.queued")).isEqualTo(16);
        assertThat(bench.gauge("sluice.publisher.queued.bytes")).isEqualTo(1 << 20);
    }

    @Test
    void shouldTakeAllOfAListOrNothingWhenRoomIsShort() {
        bench.submitAll(events(FINANCE, 1, 600));
        List<Event> list = events(FINANCE, 601, 401);

        assertThat(bench.submitAll(list).cause()).isInstanceOf(PublisherBusyException.class);
        assertThat(bench.gauge("sluice.publisher.queued")).isEqualTo(600);
        assertThat(bench.submitAll(list.subList(0, 400)).isComplete()).isFalse();
    }

    @Test
    void shouldTakeEventsAgainWhenOthersWereAnswered() {
        bench.submitAll(events(FINANCE, 1, 1_000));
        assertThat(bench.submit(FINANCE, 1_001).failed()).isTrue();
        bench.log.behave(bench.log::apply);
        held.releaseAll();
        bench.loop.run();

        assertThat(bench.submit(FINANCE, 1_001).succeeded()).isTrue();
    }

    @Test
    void shouldAskToWaitAtHalfAndSayWhenAQuarterIsLeft() {
        bench.submitAll(events(FINANCE, 1, 300));
        bench.submitAll(events(FINANCE, 301, 199));
        assertThat(bench.publisher.writeQueueFull()).isFalse();
        assertThat(bench.publisher.drained().succeeded()).isTrue();

        bench.submit(FINANCE, 500);
        Future<Void> drained = bench.publisher.drained();
        assertThat(bench.publisher.writeQueueFull()).isTrue();
        assertThat(drained.isComplete()).isFalse();

        bench.log.behave(bench.log::apply);
        held.releaseAll();
        bench.loop.run();
        assertThat(drained.succeeded()).isTrue();
        assertThat(bench.publisher.writeQueueFull()).isFalse();
    }

    @Test
    void shouldNotSayDrainedBetweenAQuarterAndHalf() {
        bench.submitAll(events(FINANCE, 1, 200));
        bench.submitAll(events(FINANCE, 201, 300));
        Future<Void> drained = bench.publisher.drained();

        held.release(bench.log::apply);
        assertThat(bench.gauge("sluice.publisher.queued")).isEqualTo(300);
        assertThat(bench.publisher.writeQueueFull()).isFalse();
        assertThat(drained.isComplete()).isFalse();

        held.release(bench.log::apply);
        assertThat(drained.succeeded()).isTrue();
    }

    @Test
    void shouldWakeEveryCallerThatWaits() {
        bench.submitAll(events(FINANCE, 1, 600));
        Future<Void> one = bench.publisher.drained();
        Future<Void> two = bench.publisher.drained();
        held.releaseAll();

        assertThat(one.succeeded()).isTrue();
        assertThat(two.succeeded()).isTrue();
    }

    /** The last release may come just while a caller decides to wait: it must not wait for ever. */
    @Test
    @Timeout(60)
    void shouldWakeACallerThatBeginsToWaitWhileTheQueueDrains() throws Exception {
        QueueBound bound = new QueueBound(PublisherBench.OPTIONS, new PublisherMetrics(new SimpleMeterRegistry()));
        int rounds = 20_000;
        AtomicInteger full = new AtomicInteger();
        AtomicInteger released = new AtomicInteger();
        Thread releasing = new Thread(() -> {
            for (int round = 1; round <= rounds; round++) {
                spinUntil(full, round);
                bound.release("acme", 600, 1);
                released.set(round);
            }
        });
        releasing.start();
        int stuck = 0;
        for (int round = 1; round <= rounds; round++) {
            bound.reserve("acme", 600, 1);
            full.set(round);
            Future<Void> drained = bound.drained("acme");
            spinUntil(released, round);
            stuck += drained.isComplete() ? 0 : 1;
        }
        releasing.join();

        assertThat(stuck).isZero();
    }

    private static void spinUntil(AtomicInteger counter, int value) {
        while (counter.get() < value) {
            Thread.onSpinWait();
        }
    }

    @Test
    void shouldNeverHoldMoreThanTheBoundWhenManyThreadsReserve() throws Exception {
        QueueBound bound = new QueueBound(PublisherBench.OPTIONS, new PublisherMetrics(new SimpleMeterRegistry()));
        ExecutorService threads = Executors.newFixedThreadPool(8);
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger taken = new AtomicInteger();
        IntStream.range(0, 8)
                .forEach(thread -> threads.execute(() -> {
                    try {
                        go.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    String org = "org" + thread;
                    for (int i = 0; i < 1_000; i++) {
                        if (bound.reserve(org, 3, 1) == OrgShares.Outcome.TAKEN) {
                            taken.addAndGet(3);
                        }
                    }
                }));
        go.countDown();
        threads.shutdown();
        assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();

        // Room for one more org is left.
        assertThat(taken.get()).isBetween(1_700, 2_000);
    }
}
