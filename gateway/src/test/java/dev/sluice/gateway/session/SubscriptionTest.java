// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import static dev.sluice.gateway.simulation.Simulation.FINANCE;
import static dev.sluice.gateway.simulation.TestClient.connect;
import static dev.sluice.gateway.simulation.TestClient.cursor;
import static dev.sluice.gateway.simulation.TestClient.message;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.simulation.FakeOutput;
import dev.sluice.gateway.simulation.Simulation;
import dev.sluice.gateway.simulation.TestClient;
import io.vertx.core.json.JsonArray;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** From a cursor to the live events: replay, catching up, gaps. */
class SubscriptionTest {

    private static final Duration SOON = Duration.ofSeconds(2);

    private final Simulation simulation = Simulation.with()
            .logEvents(500)
            .hub(Simulation.hubOptions(100, 4 << 20, 64 << 20, 100))
            .create();

    @Test
    void shouldDeliverFromNowOnWhenNoCursorIsGiven() {
        publish(5);
        TestClient client = TestClient.listening(simulation);
        assertThat(client.output().only("subscribed"))
                .isEqualTo(message("subscribed")
                        .put("service", "finance")
                        .put("epoch", epoch())
                        .put("seq", 5));
        publish(2);
        assertThat(client.output().seqs()).containsExactly(6L, 7L);
        assertThat(client.output().frames("event")).noneMatch(frame -> frame.containsKey("replay"));
    }

    @Test
    void shouldReplayUpToTheFenceAndThenGoOnLiveWhenACursorIsGiven() {
        TestClient.listening(simulation);
        publish(30);
        TestClient client = connect(simulation).resume("finance", cursor(epoch(), 10));
        assertThat(client.output().only("subscribed"))
                .isEqualTo(message("subscribed")
                        .put("service", "finance")
                        .put("epoch", epoch())
                        .put("seq", 30)
                        .put("recovered", true)
                        .put("replayed", 20));
        publish(1);
        assertThat(client.output().seqs()).isEqualTo(seqs(11, 31));
        assertThat(client.output().frames("event"))
                .extracting(frame -> frame.getBoolean("replay"))
                .containsExactly(true, null);
        assertThat(simulation.node().total("sluice.events.replayed")).isEqualTo(20);
        assertThat(resumes("recovered", "buffer")).isEqualTo(1);
        assertThat(simulation.node().count("sluice.resumes")).isEqualTo(1);
    }

    private double resumes(String outcome, String source) {
        return simulation.node().count("sluice.resumes", "outcome", outcome, "source", source);
    }

    @Test
    void shouldReplayNothingWhenTheCursorIsAtTheHead() {
        publish(30);
        TestClient client = connect(simulation).resume("finance", cursor(epoch(), 30));
        assertThat(client.output().only("subscribed").getBoolean("recovered")).isTrue();
        assertThat(client.output().only("subscribed").getLong("replayed")).isZero();
        publish(1);
        assertThat(client.output().seqs()).containsExactly(31L);
    }

    @Test
    void shouldReplayFromTheLogWhenTheNodeHoldsNothingYet() {
        publish(450);
        TestClient client = connect(simulation).resume("finance", cursor(epoch(), 3));
        assertThat(client.output().only("subscribed").getLong("replayed")).isEqualTo(447);
        assertThat(client.output().seqs()).isEqualTo(seqs(4, 450));
        assertThat(resumes("recovered", "log")).isEqualTo(1);
        assertThat(client.output().frames("event")).allMatch(frame -> frame.getBoolean("replay"));
    }

    @Test
    void shouldReplayAllThatIsHeldWhenTheEarliestIsWanted() {
        publish(450);
        publish(150);
        TestClient client = connect(simulation).resume("finance", "earliest");
        assertThat(client.output().only("subscribed").getBoolean("recovered")).isTrue();
        assertThat(client.output().only("subscribed").getLong("replayed")).isEqualTo(500);
        assertThat(client.output().seqs()).isEqualTo(seqs(101, 600));
    }

    @Test
    void shouldAssumeTheEpochOfNowWhenOnlyASeqIsGiven() {
        publish(10);
        TestClient client = connect(simulation)
                .send(message("handshake")
                        .put("token", TestClient.TOKEN)
                        .put("services", new JsonArray().add("finance"))
                        .put("lastSeq", 7));
        assertThat(client.output().seqs()).containsExactly(8L, 9L, 10L);
    }

    @Test
    void shouldSayExpiredAndGoOnLiveWhenTheLogLetGoOfIt() {
        publish(450);
        publish(150);
        TestClient client = connect(simulation).resume("finance", cursor(epoch(), 99));
        assertThat(client.output().only("subscribed"))
                .isEqualTo(message("subscribed")
                        .put("service", "finance")
                        .put("epoch", epoch())
                        .put("seq", 600)
                        .put("recovered", false)
                        .put("reason", "expired")
                        .put("earliest", 101));
        publish(1);
        assertThat(client.output().seqs()).containsExactly(601L);
        assertThat(connect(simulation)
                        .resume("finance", cursor(epoch(), 101))
                        .output()
                        .only("subscribed")
                        .getBoolean("recovered"))
                .as("one event later, all is there")
                .isTrue();
    }

    @Test
    void shouldSayUnknownPositionWhenTheCursorIsAheadOfTheLog() {
        publish(10);
        TestClient client = connect(simulation).resume("finance", cursor(epoch(), 11));
        assertThat(client.output().only("subscribed").getString("reason")).isEqualTo("unknown_position");
        publish(1);
        assertThat(client.output().seqs()).containsExactly(11L);
    }

    @Test
    void shouldSayEpochChangedWhenTheCursorIsOfAnotherEpoch() {
        publish(10);
        TestClient client = connect(simulation).resume("finance", cursor("elsewhere", 3));
        assertThat(client.output().only("subscribed").getString("reason")).isEqualTo("epoch_changed");
        assertThat(client.output().only("subscribed").getLong("earliest")).isEqualTo(1);
        assertThat(resumes("epoch_changed", "none")).isEqualTo(1);
    }

    /** P6: the client was on a node that had the push; this one lost it and does not know yet. */
    @Test
    void shouldHonourACursorThatIsAheadOfThisNode() {
        TestClient.listening(simulation);
        publish(5);
        simulation.publisher().commit(FINANCE, 5);
        TestClient client = connect(simulation).resume("finance", cursor(epoch(), 8));
        assertThat(client.output().only("subscribed").getBoolean("recovered")).isTrue();
        assertThat(client.output().only("subscribed").getLong("replayed")).isEqualTo(2);
        assertThat(client.output().seqs()).containsExactly(9L, 10L);
    }

    /** P6 again, for an epoch that this node has not heard of. */
    @Test
    void shouldHonourACursorOfAnEpochThatIsNewToThisNode() {
        TestClient other = TestClient.listening(simulation);
        publish(5);
        simulation.log().loseEverything();
        simulation.publisher().commit(FINANCE, 5);
        TestClient client = connect(simulation).resume("finance", cursor(epoch(), 2));
        assertThat(client.output().only("subscribed").getBoolean("recovered")).isTrue();
        assertThat(client.output().seqs()).containsExactly(3L, 4L, 5L);
        assertThat(other.output().only("gap").getString("epoch")).isEqualTo(epoch());
        assertThat(other.output().seqs()).containsExactly(1L, 2L, 3L, 4L, 5L, 1L, 2L, 3L, 4L, 5L);
    }

    @Test
    void shouldTellOfTheNewEpochAndGoOnInItWhenItChangesUnderTheSession() {
        TestClient client = TestClient.listening(simulation);
        publish(3);
        simulation.log().loseEverything();
        publish(2);
        assertThat(client.output().only("gap"))
                .isEqualTo(message("gap")
                        .put("service", "finance")
                        .put("epoch", epoch())
                        .put("from", 1)
                        .put("to", 0)
                        .put("reason", "epoch_changed"));
        assertThat(client.output().types()).endsWith("event", "gap", "event");
        assertThat(client.output().seqs()).containsExactly(1L, 2L, 3L, 1L, 2L);
        assertThat(simulation.node().count("sluice.gaps", "reason", "epoch_changed"))
                .isEqualTo(1);
    }

    @Test
    void shouldTellFromWhereItGoesOnWhenTheFirstOfTheNewEpochAreGone() {
        TestClient client = TestClient.listening(simulation);
        publish(3);
        simulation.log().loseEverything();
        simulation.publisher().commit(FINANCE, 600);
        publish(1);
        assertThat(client.output().only("gap").getLong("to")).isEqualTo(101);
        assertThat(client.output().seqs())
                .startsWith(1L, 2L, 3L, 102L)
                .endsWith(601L)
                .hasSize(503);
    }

    @Test
    void shouldTellOfAGapWhenTheLogLetGoOfWhatThisNodeMissed() {
        TestClient client = TestClient.listening(simulation);
        publish(3);
        simulation.publisher().commit(FINANCE, 600);
        publish(1);
        simulation.time().advance(SOON);
        assertThat(client.output().only("gap"))
                .isEqualTo(message("gap")
                        .put("service", "finance")
                        .put("epoch", epoch())
                        .put("from", 4)
                        .put("to", 104)
                        .put("reason", "expired"));
        assertThat(client.output().seqs())
                .startsWith(1L, 2L, 3L, 105L)
                .endsWith(604L)
                .hasSize(503);
    }

    @Test
    void shouldCatchUpFromTheLogWhenItFellOutOfTheBuffer() {
        TestClient client = TestClient.listening(simulation);
        client.output().fill();
        for (int i = 0; i < 40; i++) {
            publish(10);
        }
        client.drain();
        assertThat(client.output().seqs()).isEqualTo(seqs(1, 400));
        assertThat(client.output().frames("gap")).isEmpty();
        assertThat(client.output().frames("event"))
                .as("catching up is no replay")
                .noneMatch(frame -> frame.containsKey("replay"));
    }

    @Test
    void shouldTellOfAGapWhenItFellOutOfTheLogToo() {
        TestClient client = TestClient.listening(simulation);
        publish(2);
        client.output().fill();
        for (int i = 0; i < 70; i++) {
            publish(10);
        }
        client.drain();
        assertThat(client.output().only("gap"))
                .isEqualTo(message("gap")
                        .put("service", "finance")
                        .put("epoch", epoch())
                        .put("from", 3)
                        .put("to", 202)
                        .put("reason", "expired"));
        assertThat(client.output().seqs())
                .startsWith(1L, 2L, 203L)
                .endsWith(702L)
                .hasSize(502);
    }

    @Test
    void shouldReadTheLogAgainWhenItFailedWhileCatchingUp() {
        TestClient client = TestClient.listening(simulation);
        client.output().fill();
        for (int i = 0; i < 40; i++) {
            publish(10);
        }
        simulation.log().failNext(3);
        client.drain();
        assertThat(client.output().seqs()).isEmpty();
        simulation.time().advance(SOON);
        assertThat(client.output().seqs()).isEqualTo(seqs(1, 400));
    }

    @Test
    void shouldDropTheAnswerAndAskAgainWhenTheSocketIsFullBeforeItComes() {
        TestClient client = TestClient.listening(simulation);
        client.output().fill();
        for (int i = 0; i < 40; i++) {
            publish(10);
        }
        simulation.log().hold();
        client.drain();
        client.output().fill();
        simulation.log().release();
        simulation.time().settle();
        assertThat(client.output().seqs()).isEmpty();
        client.drain();
        assertThat(client.output().seqs()).isEqualTo(seqs(1, 400));
    }

    @Test
    void shouldGoOnAtOnceWhenEventsCameWhileItReadTheLog() {
        TestClient client = TestClient.listening(simulation);
        client.output().fill();
        for (int i = 0; i < 40; i++) {
            publish(10);
        }
        simulation.log().hold();
        client.drain();
        publish(5);
        simulation.log().release();
        simulation.time().settle();
        assertThat(client.output().seqs()).isEqualTo(seqs(1, 405));
    }

    @Test
    void shouldTellOfTheNewEpochWhenItChangesWhileCatchingUp() {
        TestClient client = TestClient.listening(simulation);
        client.output().fill();
        for (int i = 0; i < 40; i++) {
            publish(10);
        }
        simulation.log().loseEverything();
        simulation.publisher().commit(FINANCE, 3);
        client.drain();
        simulation.time().advance(SOON);
        assertThat(client.output().only("gap").getString("reason")).isEqualTo("epoch_changed");
        assertThat(client.output().seqs()).endsWith(1L, 2L, 3L);
        publish(1);
        assertThat(client.output().seqs()).endsWith(1L, 2L, 3L, 4L);
    }

    @Test
    void shouldSendNoMoreWhenItEndsWhileItReadsTheLog() {
        publish(300);
        simulation.log().delays(() -> 50);
        TestClient client = connect(simulation).resume("finance", cursor(epoch(), 0));
        simulation.time().advance(Duration.ofMillis(450));
        assertThat(client.output().only("subscribed").getLong("replayed")).isEqualTo(300);
        client.send(message("unsubscribe").put("services", new JsonArray().add("finance")));
        int frames = client.output().frames().size();
        simulation.time().advance(SOON);
        assertThat(client.output().frames()).hasSize(frames);
    }

    @Test
    void shouldKeepFramesWithinTheirBytesWhenEventsAreLarge() {
        simulation.publisher().padding(60_000);
        for (int i = 0; i < 3; i++) {
            publish(10);
        }
        TestClient client = connect(simulation).resume("finance", cursor(epoch(), 0));
        assertThat(client.output().seqs()).isEqualTo(seqs(1, 30));
        assertThat(client.output().frames("event"))
                .allMatch(frame -> frame.getJsonArray("events").size() <= 4);
    }

    @Test
    void shouldBeginInTheMiddleOfABatchWhenTheCursorIsThere() {
        TestClient.listening(simulation);
        publish(20);
        TestClient client = connect(simulation).resume("finance", cursor(epoch(), 13));
        publish(1);
        assertThat(client.output().seqs()).isEqualTo(seqs(14, 21));
    }

    @Test
    void shouldInflateByItselfWhateverIsReplayed() {
        TestClient deflating = connect(simulation, new FakeOutput(true)).handshake("finance");
        publish(60);
        TestClient client = connect(simulation, new FakeOutput(true)).resume("finance", cursor(epoch(), 10));
        publish(40);
        assertThat(client.output().seqs()).isEqualTo(seqs(11, 100));
        assertThat(client.output().deflatedFrames()).isEqualTo(2);
        assertThat(deflating.output().deflatedFrames()).isEqualTo(2);
    }

    private void publish(int count) {
        simulation.publisher().publish(FINANCE, count);
        simulation.time().settle();
    }

    private String epoch() {
        return simulation.log().peek(FINANCE, 1).epoch();
    }

    private static List<Long> seqs(long from, long to) {
        return LongStream.rangeClosed(from, to).boxed().toList();
    }
}
