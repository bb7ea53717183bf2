// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import static dev.sluice.gateway.simulation.Simulation.FINANCE;
import static dev.sluice.gateway.simulation.TestClient.message;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.simulation.SessionLimits;
import dev.sluice.gateway.simulation.Simulation;
import dev.sluice.gateway.simulation.TestClient;
import dev.sluice.stream.bus.CommittedBatch;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A session whose socket takes no more: nothing is written, nothing is kept, nothing is lost. */
class SlowConsumerTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final Simulation simulation = Simulation.create();

    @Test
    void shouldWriteNothingWhileTheQueueIsFullAndReadOnInOrderWhenItDrains() {
        TestClient client = TestClient.listening(simulation);
        publish(3);
        client.output().fill();
        int flushes = client.output().flushes();
        for (int i = 0; i < 20; i++) {
            publish(10);
        }
        assertThat(client.output().seqs()).isEqualTo(seqs(1, 3));
        assertThat(client.output().controlBytesWhileFull()).isZero();
        assertThat(client.output().flushes()).isEqualTo(flushes);
        client.drain();
        publish(1);
        assertThat(client.output().seqs()).isEqualTo(seqs(1, 204));
    }

    @Test
    void shouldStopInTheMiddleWhenTheQueueFillsAgain() {
        TestClient client = TestClient.listening(simulation);
        client.output().fill();
        for (int i = 0; i < 20; i++) {
            publish(10);
        }
        for (int drained = 1; drained <= 20; drained++) {
            client.output().drain(client.session(), 1);
            simulation.time().settle();
            assertThat(client.output().seqs()).isEqualTo(seqs(1, 10L * drained));
        }
        publish(1);
        assertThat(client.output().seqs()).hasSize(200);
        client.drain();
        assertThat(client.output().seqs()).isEqualTo(seqs(1, 201));
    }

    @Test
    void shouldNotHoldUpTheOthers() {
        TestClient slow = TestClient.listening(simulation);
        TestClient quick = TestClient.listening(simulation);
        slow.output().fill();
        publish(50);
        assertThat(quick.output().seqs()).isEqualTo(seqs(1, 50));
    }

    /** With room in its queue but far behind: it waits for the log, which does not answer. */
    @Test
    void shouldWarnEverySecondAndCloseWith4001AtTheTenth() {
        Simulation small = Simulation.with()
                .hub(Simulation.hubOptions(100, 4 << 20, 8 << 20, 9))
                .create();
        TestClient client = TestClient.listening(small);
        client.output().fill();
        small.publisher().publish(FINANCE, 600);
        small.time().settle();
        small.log().hold();
        client.drain();
        for (int sample = 1; sample <= 9; sample++) {
            small.time().advance(SECOND);
            assertThat(client.output().frames("warning")).hasSize(sample);
            assertThat(client.output().frames("warning").get(sample - 1))
                    .isEqualTo(message("warning")
                            .put("code", "slow_consumer")
                            .put("service", "finance")
                            .put("lag", 600)
                            .put("maxLag", 500)
                            .put("sample", sample)
                            .put("closesAt", 10));
        }
        small.time().advance(SECOND);
        assertThat(client.output().closeCode()).isEqualTo(4001);
        assertThat(client.output().only("error").getString("code")).isEqualTo("slow_consumer");
        assertThat(small.node().count("sluice.slow.consumers")).isEqualTo(1);
        assertThat(small.node().count("sluice.slow.warnings")).isEqualTo(10);
    }

    @Test
    void shouldCloseWith4001WithoutAWordWhenTheQueueIsFull() {
        TestClient client = TestClient.listening(simulation);
        client.output().fill();
        publish(501);
        simulation.time().advance(SECOND.multipliedBy(9));
        assertThat(client.output().closeCode()).isZero();
        simulation.time().advance(SECOND);
        assertThat(client.output().closeCode()).isEqualTo(4001);
        assertThat(client.output().controlBytesWhileFull()).isZero();
        assertThat(client.output().types()).containsExactly("welcome", "subscribed");
    }

    @Test
    void shouldPutUpWithALagUpToTheLimit() {
        TestClient client = TestClient.listening(simulation);
        client.output().fill();
        publish(500);
        simulation.time().advance(Duration.ofMinutes(2));
        assertThat(client.output().closeCode()).isZero();
        assertThat(client.output().frames("warning")).isEmpty();
        client.drain();
        assertThat(client.output().seqs()).isEqualTo(seqs(1, 500));
    }

    @Test
    void shouldCountFromTheBeginningWhenItHasKeptUpInBetween() {
        TestClient client = TestClient.listening(simulation);
        for (int round = 0; round < 5; round++) {
            client.output().fill();
            publish(501);
            simulation.time().advance(SECOND.multipliedBy(9));
            client.drain();
            simulation.time().advance(SECOND);
        }
        assertThat(client.output().closeCode()).isZero();
        assertThat(client.output().seqs()).isEqualTo(seqs(1, 5 * 501));
    }

    /** Its lag in the old epoch cannot be told any more, but it is as stuck as before. */
    @Test
    void shouldCloseWith4001WhenTheEpochChangesUnderAStuckSession() {
        TestClient client = TestClient.listening(simulation);
        client.output().fill();
        publish(5);
        simulation.log().loseEverything();
        publish(600);
        simulation.time().advance(SECOND.multipliedBy(11));
        assertThat(client.output().closeCode()).isEqualTo(4001);
    }

    @Test
    void shouldLoseNothingWhenItComesBackWithItsCursor() {
        TestClient client = TestClient.listening(simulation);
        publish(5);
        client.output().fill();
        publish(600);
        simulation.time().advance(SECOND.multipliedBy(11));
        assertThat(client.output().closeCode()).isEqualTo(4001);
        TestClient again = TestClient.connect(simulation)
                .resume(
                        "finance",
                        TestClient.cursor(simulation.log().peek(FINANCE, 1).epoch(), 5));
        assertThat(again.output().only("subscribed").getBoolean("recovered")).isTrue();
        assertThat(again.output().seqs()).isEqualTo(seqs(6, 605));
    }

    /** P8: what waits for a session is in the shared buffer or in the log, never with the session. */
    @Test
    void shouldNotGrowWithTheLagOfItsSessions() {
        Simulation many = Simulation.with()
                .hub(Simulation.hubOptions(100, 1 << 20, 1 << 20, 10))
                .logEvents(100)
                .session(new SessionLimits()
                        .slow(1_000_000, 10)
                        .connections(10_000, 10_000, 10_000)
                        .options())
                .create();
        List<TestClient> stuck = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            stuck.add(TestClient.listening(many));
            stuck.get(i).output().fill();
        }
        many.publisher().padding(1_000);
        List<WeakReference<byte[]>> events = new ArrayList<>();
        long before = usedHeap();
        for (int i = 0; i < 1_000; i++) {
            CommittedBatch batch = many.publisher().commitFresh(FINANCE, 10);
            batch.runs().get(0).events().forEach(event -> events.add(new WeakReference<>(event)));
            many.bus().deliver(batch);
            many.time().advance(10);
        }
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> {
            System.gc();
            return events.stream().filter(event -> event.get() != null).count() <= 200;
        });
        // Were a frame kept for each session, that would be ten gigabytes; the buffer and the log hold 100 events.
        assertThat(usedHeap() - before).isLessThan(16 << 20);
        assertThat(stuck).allMatch(client -> client.output().closeCode() == 0);
        assertThat(stuck.get(7).drain().output().only("gap").getLong("to")).isEqualTo(9_900);
    }

    /** A buffer that was replaced is the session's no more than the hub's. */
    @Test
    void shouldHoldOnToNoBufferThatWasReplacedWhenStuck() {
        TestClient client = TestClient.listening(simulation);
        publish(5);
        client.output().fill();
        publish(5);
        WeakReference<Object> old = new WeakReference<>(currentBuffer());
        simulation.log().loseEverything();
        publish(5);
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> {
            System.gc();
            return old.get() == null;
        });
        client.drain();
        assertThat(client.output().frames("gap")).hasSize(1);
    }

    private Object currentBuffer() {
        var feed = simulation.node().hub().attach(FINANCE);
        simulation.time().settle();
        return feed.result().buffer();
    }

    private static long usedHeap() {
        Runtime runtime = Runtime.getRuntime();
        System.gc();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private void publish(int count) {
        simulation.publisher().publish(FINANCE, count);
        simulation.time().settle();
    }

    private static List<Long> seqs(long from, long to) {
        return LongStream.rangeClosed(from, to).boxed().toList();
    }
}
