// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher;

import static dev.sluice.publisher.PublisherBench.FINANCE;
import static dev.sluice.publisher.PublisherBench.OPTIONS;
import static dev.sluice.publisher.TestEvents.event;
import static dev.sluice.publisher.TestEvents.events;
import static dev.sluice.publisher.TestEvents.sized;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.Event;
import dev.sluice.stream.InvalidEventException;
import dev.sluice.stream.Position;
import dev.sluice.stream.Receipt;
import dev.sluice.stream.StreamKey;
import dev.sluice.stream.log.Commit;
import dev.sluice.stream.log.StreamLimitException;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a publisher does with a log that answers. */
class EventPublisherTest {

    private final PublisherBench bench = new PublisherBench();

    @Test
    void shouldTellThePositionWhenTheLogTookTheEvent() {
        Future<Position> first = bench.publisher.publish(event(FINANCE, 1));
        Future<Position> second = bench.publisher.publish(event(FINANCE, 2));
        bench.loop.run();

        String epoch = bench.log.slice(FINANCE).epoch();
        assertThat(first.result()).isEqualTo(new Position(epoch, 1));
        assertThat(second.result()).isEqualTo(new Position(epoch, 2));
        assertThat(bench.log.stored(FINANCE))
                .containsExactly(TestEvents.json(FINANCE, "1"), TestEvents.json(FINANCE, "2"));
    }

    @Test
    void shouldReturnTheFirstPositionAndPushNothingWhenTheEventWasPublishedBefore() {
        Receipt first = bench.submit(FINANCE, 1).result();
        Receipt again = bench.submit(FINANCE, 1).result();

        assertThat(again).isEqualTo(new Receipt(first.position(), true));
        assertThat(bench.pushes).hasSize(1);
        assertThat(bench.count("sluice.publisher.events")).isEqualTo(1);
        assertThat(bench.count("sluice.publisher.duplicates")).isEqualTo(1);
    }

    @Test
    void shouldCommitTogetherWhatCameWhileACommitWasInFlight() {
        FaultyLog.Held held = bench.log.hold();
        List<Future<Receipt>> receipts = new ArrayList<>();
        for (int i = 1; i <= 5; i++) {
            receipts.add(bench.submit(FINANCE, i));
        }

        assertThat(bench.log.sizes()).containsExactly(1);
        held.releaseAll();
        held.releaseAll();

        assertThat(bench.log.sizes()).containsExactly(1, 4);
        assertThat(bench.log.numbers()).containsExactly(1L, 2L);
        assertThat(bench.log.mostInFlight()).isEqualTo(1);
        assertThat(receipts)
                .extracting(receipt -> receipt.result().position().seq())
                .containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(bench.loop.pendingTimers()).isZero();
    }

    @Test
    void shouldCommitToEveryShardAtTheSameTimeWhenEachHasEvents() {
        FaultyLog.Held held = bench.log.hold();
        bench.submit(FINANCE, 1);
        bench.submit(bench.elsewhere(0), 1);
        bench.submit(bench.elsewhere(1), 1);

        assertThat(held.size()).isEqualTo(3);
        assertThat(bench.log.mostInFlight()).isEqualTo(1);
        assertThat(bench.log.numbers()).containsExactly(1L, 1L, 1L);
    }

    @Test
    void shouldCommitTogetherWhatCameBeforeTheLoopHadItsTurn() {
        FaultyLog.Held held = bench.log.hold();
        StreamKey neighbour = bench.neighbour();
        bench.publisher.submit(event(FINANCE, 1));
        bench.publisher.submitAll(List.of(event(neighbour, 1), event(FINANCE, 2)));
        bench.publisher.submit(event(neighbour, 2));
        bench.loop.run();
        held.releaseAll();

        assertThat(bench.log.sizes()).containsExactly(4);
    }

    @Test
    void shouldFillCommitsToTheLimitOfEventsWhenManyWait() {
        PublisherBench roomy = roomy();
        FaultyLog.Held held = roomy.log.hold();
        events(FINANCE, 1, 2_501).forEach(roomy.publisher::submit);
        roomy.loop.run();
        drain(held);

        assertThat(roomy.log.sizes()).containsExactly(Commit.MAX_EVENTS, Commit.MAX_EVENTS, 501);
    }

    @Test
    void shouldFillCommitsToTheLimitOfBytesWhenEventsAreLarge() {
        PublisherBench roomy = roomy();
        FaultyLog.Held held = roomy.log.hold();
        roomy.submit(FINANCE, 0);
        for (int i = 1; i <= 40; i++) {
            roomy.submit(sized(FINANCE, i, 1 << 16));
        }
        drain(held);

        // 16 times 64 KiB are exactly 1 MiB.
        assertThat(roomy.log.sizes()).containsExactly(1, 16, 16, 8);
    }

    @Test
    void shouldNotSplitAGroupWhenItDoesNotFitInTheRestOfACommit() {
        PublisherBench roomy = roomy();
        FaultyLog.Held held = roomy.log.hold();
        roomy.submit(FINANCE, 0);
        Future<List<Receipt>> first = roomy.submitAll(events(FINANCE, 1, 600));
        Future<List<Receipt>> second = roomy.submitAll(events(FINANCE, 601, 600));
        drain(held);

        assertThat(roomy.log.sizes()).containsExactly(1, 600, 600);
        assertThat(first.result()).hasSize(600);
        assertThat(second.result().get(599).position().seq()).isEqualTo(1_201);
    }

    @Test
    void shouldAnswerInTheOrderOfTheListWhenItSpansStreams() {
        StreamKey other = bench.elsewhere(0);
        List<Event> list = List.of(event(FINANCE, 1), event(other, 1), event(FINANCE, 2), event(other, 2));

        List<Receipt> receipts = bench.submitAll(list).result();

        assertThat(receipts).extracting(receipt -> receipt.position().seq()).containsExactly(1L, 1L, 2L, 2L);
        assertThat(receipts.get(0).position().epoch())
                .isEqualTo(bench.log.slice(FINANCE).epoch());
        assertThat(receipts.get(1).position().epoch())
                .isEqualTo(bench.log.slice(other).epoch());
    }

    @Test
    void shouldAnswerNothingWhenTheListIsEmpty() {
        assertThat(bench.submitAll(List.of()).result()).isEmpty();
        assertThat(bench.log.attempts()).isEmpty();
    }

    @Test
    void shouldRefuseUpFrontWhenAStreamsEventsDoNotFitInOneCommit() {
        PublisherBench roomy = roomy();
        List<Event> list = new ArrayList<>(events(roomy.elsewhere(0), 1, 3));
        list.addAll(events(FINANCE, 1, Commit.MAX_EVENTS + 1));
        List<Event> tooManyBytes = Stream.iterate(1, i -> i + 1)
                .limit(17)
                .map(i -> sized(FINANCE, i, 1 << 16))
                .toList();

        for (List<Event> refused : List.of(list, tooManyBytes)) {
            Future<List<Receipt>> receipts = roomy.submitAll(refused);

            assertThat(receipts.cause()).isInstanceOfSatisfying(InvalidEventException.class, e -> assertThat(e.kind())
                    .isEqualTo(InvalidEventException.Kind.TOO_LARGE));
        }
        assertThat(roomy.log.attempts()).isEmpty();
        assertThat(roomy.gauge("sluice.publisher.queued")).isZero();
    }

    @Test
    void shouldRefuseUpFrontWhenTheListIsLargerThanTheWholeQueue() {
        List<Event> list = new ArrayList<>(events(FINANCE, 1, 600));
        list.addAll(events(bench.elsewhere(0), 1, 600));

        assertThat(bench.submitAll(list).cause()).isInstanceOf(InvalidEventException.class);
    }

    @Test
    void shouldFailWhenTheOrgHasAllItsStreams() {
        PublisherBench small = new PublisherBench(OPTIONS, new FaultyLog(1, 1));
        small.submit(FINANCE, 1);

        Future<Receipt> refused = small.submit(new StreamKey("acme", "staff"), 1);
        Future<Receipt> taken = small.submit(FINANCE, 2);

        assertThat(refused.cause()).isInstanceOf(StreamLimitException.class).hasMessageContaining("'staff'");
        assertThat(taken.result().position().seq()).isEqualTo(2);
        assertThat(small.count("sluice.publisher.rejected", "cause", "stream_limit"))
                .isEqualTo(1);
    }

    @Test
    void shouldTellWhichWereTakenWhenStreamsEndDifferently() {
        PublisherBench small = new PublisherBench(OPTIONS, new FaultyLog(1, 1));
        StreamKey staff = new StreamKey("acme", "staff");

        Future<List<Receipt>> receipts =
                small.submitAll(List.of(event(FINANCE, 1), event(staff, 1), event(FINANCE, 2), event(staff, 2)));

        assertThat(receipts.cause()).isInstanceOfSatisfying(PartialPublishException.class, e -> {
            assertThat(e).hasCauseInstanceOf(StreamLimitException.class);
            assertThat(e.receipts())
                    .extracting(receipt ->
                            receipt.map(taken -> taken.position().seq()).orElse(0L))
                    .containsExactly(1L, 0L, 2L, 0L);
        });
    }

    @Test
    void shouldHandThePushOverBeforeAnybodyIsTold() {
        List<String> order = new ArrayList<>();
        EventPublisher publisher = new EventPublisher(
                bench.loop,
                bench.log,
                batch -> order.add("push " + batch.runs().get(0).lastSeq()),
                OPTIONS,
                new PublisherMetrics(bench.registry),
                PublisherBench.PUBLISHER,
                new Random(1));

        publisher.submit(event(FINANCE, 1)).onSuccess(receipt -> order.add("receipt 1"));
        bench.loop.run();
        publisher
                .submitAll(events(FINANCE, 2, 2))
                .onSuccess(receipts ->
                        order.add("receipts to " + receipts.get(1).position().seq()));
        bench.loop.run();

        assertThat(order).containsExactly("push 1", "receipt 1", "push 3", "receipts to 3");
    }

    @Test
    void shouldTellTheReceiptAllTheSameWhenThePushFails() {
        EventPublisher publisher = new EventPublisher(
                bench.loop,
                bench.log,
                batch -> {
                    throw new IllegalStateException("the bus is closed");
                },
                OPTIONS,
                new PublisherMetrics(bench.registry),
                PublisherBench.PUBLISHER,
                new Random(1));

        Future<Receipt> receipt = publisher.submit(event(FINANCE, 1));
        bench.loop.run();

        assertThat(receipt.result().position().seq()).isEqualTo(1);
        assertThat(bench.count("sluice.publisher.pushes.failed")).isEqualTo(1);
    }

    @Test
    void shouldPushEveryCommitWithItsPositions() {
        FaultyLog.Held held = bench.log.hold();
        bench.submit(FINANCE, 1);
        bench.submitAll(events(FINANCE, 2, 2));
        bench.submit(bench.neighbour(), 1);
        drain(held);

        assertThat(bench.pushes).hasSize(2);
        assertThat(bench.pushes.get(1).runs()).hasSize(2);
        assertThat(bench.pushes.get(1).runs().get(0).key()).isEqualTo(FINANCE);
        assertThat(bench.pushes.get(1).runs().get(0).firstSeq()).isEqualTo(2);
        assertThat(bench.pushes.get(1).runs().get(0).lastSeq()).isEqualTo(3);
        assertThat(bench.pushes).extracting(push -> push.version().number()).containsExactly(1L, 2L);
    }

    @Test
    void shouldMeasureCommits() {
        FaultyLog.Held held = bench.log.hold();
        bench.submit(FINANCE, 1);
        bench.submitAll(events(FINANCE, 2, 9));
        assertThat(bench.gauge("sluice.publisher.queued")).isEqualTo(10);
        double bytes = bench.gauge("sluice.publisher.queued.bytes");
        assertThat(bytes).isGreaterThan(1_000);
        bench.loop.advanceMillis(30);
        drain(held);

        assertThat(bench.count("sluice.publisher.commits", "outcome", "ok")).isEqualTo(2);
        assertThat(bench.count("sluice.publisher.events")).isEqualTo(10);
        assertThat(bench.registry.get("sluice.publisher.commit.size").summary().max())
                .isEqualTo(9);
        assertThat(bench.registry.get("sluice.publisher.commit.bytes").summary().totalAmount())
                .isEqualTo(bytes);
        assertThat(bench.registry
                        .get("sluice.publisher.commit.latency")
                        .timer()
                        .totalTime(java.util.concurrent.TimeUnit.MILLISECONDS))
                .isEqualTo(30);
        assertThat(bench.gauge("sluice.publisher.queued")).isZero();
        assertThat(bench.gauge("sluice.publisher.queued.bytes")).isZero();
    }

    private static PublisherBench roomy() {
        PublisherOptions options = new PublisherOptions(
                100_000,
                64L << 20,
                OPTIONS.commitTimeout(),
                OPTIONS.retryDelay(),
                OPTIONS.maxRetryDelay(),
                OPTIONS.breakerFailures(),
                OPTIONS.breakerOpen(),
                OPTIONS.closeTimeout(),
                OPTIONS.fairness(),
                OPTIONS.http());
        return new PublisherBench(options, new FaultyLog(4, 64));
    }

    private void drain(FaultyLog.Held held) {
        while (held.size() > 0) {
            held.releaseAll();
            bench.loop.run();
        }
    }
}
