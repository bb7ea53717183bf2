// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import static dev.sluice.gateway.simulation.Simulation.FINANCE;
import static dev.sluice.gateway.simulation.Simulation.STAFF;
import static dev.sluice.gateway.simulation.TestClient.cursor;
import static dev.sluice.gateway.simulation.TestClient.message;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.simulation.FakeOutput;
import dev.sluice.gateway.simulation.FakeVerifier;
import dev.sluice.gateway.simulation.SessionLimits;
import dev.sluice.gateway.simulation.Simulation;
import dev.sluice.gateway.simulation.TestClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What an open session says and hears. */
class SessionMessagesTest {

    private final Simulation simulation = Simulation.with()
            .session(new SessionLimits().subscriptions(3).messages(10, 20).options())
            .create();
    private final TestClient client = TestClient.listening(simulation);
    private final FakeOutput output = client.output();

    @Test
    void shouldAnswerAPingWithWhatItSaid() {
        client.send(message("ping").put("t", 17));
        client.send(message("ping").put("t", "x"));
        client.send(message("ping"));
        assertThat(output.frames("pong"))
                .containsExactly(message("pong").put("t", 17), message("pong").put("t", "x"), message("pong"));
    }

    @Test
    void shouldAnswerAPingBeforeTheHandshake() {
        TestClient early = TestClient.connect(simulation).send(message("ping").put("t", 1));
        assertThat(early.output().types()).containsExactly("pong");
    }

    /** JSON may escape halves of surrogate pairs; UTF-8 has no place for them. */
    @Test
    void shouldGoOnWhenATextHasHalfACharacter() {
        client.send("{\"type\":\"ping\",\"t\":\"\\ud83d\"}");
        client.send("{\"type\":\"\\udc00\"}");
        client.send(message("a".repeat(39) + "😀 and more"));
        client.send(message("ping").put("t", "😀"));
        assertThat(output.frames("error")).hasSize(2).allMatch(error -> !error.getBoolean("fatal"));
        assertThat(output.frames("pong")).hasSize(2);
        assertThat(output.frames("pong").get(1).getString("t")).isEqualTo("😀");
        assertThat(output.closeCode()).isZero();
    }

    @Test
    void shouldGoOnWhenAMessageIsNotUnderstood() {
        client.send("{\"type\":\"dance\"}").send("{\"no\":\"type\"}").send(message("ping"));
        assertThat(output.frames("error"))
                .hasSize(2)
                .allMatch(error -> "not_understood".equals(error.getString("code")) && !error.getBoolean("fatal"));
        assertThat(output.frames("pong")).hasSize(1);
        assertThat(output.closeCode()).isZero();
    }

    @Test
    void shouldCloseWith4500WhenAMessageIsNotJson() {
        client.send("{\"type\":");
        assertThat(output.closeCode()).isEqualTo(4500);
        assertThat(output.only("error").getBoolean("fatal")).isTrue();
    }

    @Test
    void shouldCloseWith4500WhenAMessageIsBinaryOrViolatesTheFraming() {
        client.session().onBinary();
        assertThat(output.closeCode()).isEqualTo(4500);
        TestClient other = TestClient.listening(simulation);
        other.session().onViolation();
        assertThat(other.output().closeCode()).isEqualTo(4500);
    }

    @Test
    void shouldCloseWith4503WhenAMessageIsTooLarge() {
        client.session().onTooLarge();
        assertThat(output.closeCode()).isEqualTo(4503);
        assertThat(output.only("error").getString("message")).contains("65536");
    }

    @Test
    void shouldSayNothingMoreWhenItIsClosed() {
        client.session().onBinary();
        int frames = output.frames().size();
        client.send(message("ping"));
        client.session().onTooLarge();
        client.session().onWritable();
        client.session().goAway(GoAwayReason.DRAIN, 1, 1);
        simulation.publisher().publish(FINANCE, 1);
        simulation.time().advance(Duration.ofMinutes(2));
        assertThat(output.frames()).hasSize(frames);
        assertThat(output.closeCode()).isEqualTo(4500);
        assertThat(simulation.node().gauge("sluice.subscriptions")).isZero();
    }

    @Test
    void shouldCloseWith4003WhenMessagesComeTooFast() {
        // The handshake was the first of the burst of 20.
        for (int i = 0; i < 19; i++) {
            client.send(message("ping"));
        }
        assertThat(output.closeCode()).isZero();
        client.send(message("ping"));
        assertThat(output.closeCode()).isEqualTo(4003);
        assertThat(output.only("error").getString("code")).isEqualTo("rate_limited");
        assertThat(output.only("error").getLong("retryAfterMs")).isEqualTo(1_000);
        assertThat(output.frames("pong")).hasSize(19);
    }

    @Test
    void shouldServeAClientThatKeepsToTheRate() {
        for (int i = 0; i < 300; i++) {
            simulation.time().advance(Duration.ofMillis(100));
            client.send(message("ping"));
        }
        assertThat(output.frames("pong")).hasSize(300);
    }

    @Test
    void shouldDeliverBothStreamsWhenAnotherIsSubscribed() {
        client.send(subscribe("staff"));
        assertThat(output.frames("subscribed")).hasSize(2);
        simulation.publisher().publish(FINANCE, 2);
        simulation.publisher().publish(STAFF, 1);
        simulation.time().settle();
        assertThat(output.frames("event"))
                .extracting(frame -> frame.getString("service") + frame.getLong("seq"))
                .containsExactlyInAnyOrder("finance2", "staff1");
        assertThat(simulation.node().gauge("sluice.subscriptions")).isEqualTo(2);
    }

    @Test
    void shouldReplayWhenAStreamIsSubscribedWithACursor() {
        simulation.publisher().publish(STAFF, 5);
        String epoch = simulation.log().peek(STAFF, 1).epoch();
        client.send(subscribe("staff").put("cursors", new JsonObject().put("staff", cursor(epoch, 2))));
        JsonObject subscribed = output.frames("subscribed").get(1);
        assertThat(subscribed.getBoolean("recovered")).isTrue();
        assertThat(subscribed.getLong("replayed")).isEqualTo(3);
        assertThat(output.seqs()).containsExactly(3L, 4L, 5L);
    }

    @Test
    void shouldDeliverNothingMoreWhenUnsubscribed() {
        simulation.publisher().publish(FINANCE, 1);
        simulation.time().settle();
        client.send(message("unsubscribe")
                .put("services", new JsonArray().add("finance").add("never-followed")));
        simulation.publisher().publish(FINANCE, 1);
        simulation.time().settle();
        assertThat(output.seqs()).containsExactly(1L);
        assertThat(output.frames("error")).isEmpty();
        assertThat(simulation.node().gauge("sluice.subscriptions")).isZero();
        simulation.time().advance(Duration.ofSeconds(12));
        assertThat(simulation.bus().registrations()).isZero();
    }

    @Test
    void shouldResumeWhereItWasWhenSubscribedAgain() {
        simulation.publisher().publish(FINANCE, 2);
        simulation.time().settle();
        client.send(message("unsubscribe").put("services", new JsonArray().add("finance")));
        simulation.publisher().publish(FINANCE, 2);
        simulation.time().settle();
        String epoch = simulation.log().peek(FINANCE, 1).epoch();
        client.send(subscribe("finance").put("cursors", new JsonObject().put("finance", cursor(epoch, 2))));
        assertThat(output.seqs()).containsExactly(1L, 2L, 3L, 4L);
    }

    /** The first request is still on its way to the hub when it is taken back and another one follows. */
    @Test
    void shouldUseTheCursorOfTheLastRequestWhenSubscribedTwiceInOneTurn() {
        simulation.publisher().publish(STAFF, 5);
        String epoch = simulation.log().peek(STAFF, 1).epoch();
        client.session().onText(subscribe("staff").encode());
        client.session()
                .onText(message("unsubscribe")
                        .put("services", new JsonArray().add("staff"))
                        .encode());
        client.send(subscribe("staff").put("cursors", new JsonObject().put("staff", cursor(epoch, 2))));
        assertThat(output.frames("subscribed")).hasSize(2);
        assertThat(output.frames("subscribed").get(1).getBoolean("recovered")).isTrue();
        assertThat(output.seqs()).containsExactly(3L, 4L, 5L);
        client.send(message("unsubscribe")
                .put("services", new JsonArray().add("staff").add("finance")));
        simulation.time().advance(Duration.ofSeconds(12));
        assertThat(simulation.bus().registrations()).as("each was given back").isZero();
    }

    @Test
    void shouldSayWhenAStreamIsFollowedAlready() {
        client.send(subscribe("finance"));
        assertThat(output.only("error").getString("code")).isEqualTo("already_subscribed");
        simulation.publisher().publish(FINANCE, 1);
        simulation.time().settle();
        assertThat(output.seqs()).as("once").containsExactly(1L);
    }

    @Test
    void shouldRefuseAServiceButGoOnWhenTheTokenDoesNotCoverIt() {
        simulation
                .verifier()
                .accept(
                        "few",
                        FakeVerifier.limitedTo(
                                FakeVerifier.reader(
                                        "acme",
                                        "bob",
                                        simulation.time().instant().plusSeconds(60)),
                                "finance"));
        TestClient limited = TestClient.connect(simulation).handshakeWith("few", "finance");
        limited.send(subscribe("staff"));
        assertThat(limited.output().only("error").getString("code")).isEqualTo("forbidden");
        assertThat(limited.output().only("error").getBoolean("fatal")).isFalse();
        assertThat(limited.output().closeCode()).isZero();
    }

    @Test
    void shouldRefuseMoreStreamsThanItMayFollow() {
        client.send(subscribe("a", "b", "c", "d"));
        assertThat(output.frames("subscribed")).hasSize(3);
        assertThat(output.only("error").getString("code")).isEqualTo("too_many_subscriptions");
        client.send(message("unsubscribe").put("services", new JsonArray().add("a")));
        client.send(subscribe("c"));
        assertThat(output.frames("subscribed")).hasSize(4);
    }

    /** A message of 64 KiB can name ten thousand services; the answer must not be larger than the question. */
    @Test
    void shouldAnswerInFewWordsWhenAMessageNamesThousandsOfServices() {
        String[] many = IntStream.range(0, 10_000).mapToObj(i -> "s" + i).toArray(String[]::new);
        client.send(subscribe(many));
        assertThat(output.frames("error")).hasSizeLessThanOrEqualTo(2);
        simulation
                .verifier()
                .accept(
                        "few",
                        FakeVerifier.limitedTo(
                                FakeVerifier.reader(
                                        "acme",
                                        "bob",
                                        simulation.time().instant().plusSeconds(60)),
                                "finance"));
        TestClient limited = TestClient.connect(simulation).handshakeWith("few", "finance");
        limited.send(subscribe(many));
        assertThat(limited.output().frames("error")).hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void shouldSayThatTheLimitOfStreamsIsReached() {
        Simulation small = Simulation.with().streamsPerOrg(1).create();
        TestClient one = TestClient.listening(small);
        one.send(subscribe("staff"));
        assertThat(one.output().only("error").getString("code")).isEqualTo("too_many_streams");
        assertThat(one.output().closeCode()).isZero();
        one.send(subscribe("staff"));
        assertThat(one.output().frames("error"))
                .as("asked again, refused again")
                .hasSize(2);
    }

    @Test
    void shouldCloseWith4006WhenTheLogCannotBeReached() {
        simulation.log().failNext(1_000);
        client.send(subscribe("staff"));
        simulation.time().advance(Duration.ofSeconds(6));
        assertThat(output.closeCode()).isEqualTo(4006);
    }

    @Test
    void shouldMeasureHowFarTheClientSaysItIs() {
        simulation.publisher().publish(FINANCE, 10);
        simulation.time().settle();
        String epoch = simulation.log().peek(FINANCE, 1).epoch();
        client.send(message("position")
                .put(
                        "cursors",
                        new JsonObject().put("finance", cursor(epoch, 4)).put("staff", cursor(epoch, 1))));
        client.send(message("position").put("cursors", new JsonObject().put("finance", cursor("other", 1))));
        client.send(message("position").put("cursors", new JsonObject().put("finance", "latest")));
        assertThat(output.frames("error")).isEmpty();
        assertThat(simulation.node().summary("sluice.client.lag").count()).isEqualTo(1);
        assertThat(simulation.node().summary("sluice.client.lag").totalAmount()).isEqualTo(6);
    }

    @Test
    void shouldSendAHeartbeatWithTheHeadsWhenIdle() {
        simulation.publisher().publish(FINANCE, 3);
        simulation.time().settle();
        simulation.time().advance(Duration.ofMillis(24_900));
        assertThat(output.frames("heartbeat")).isEmpty();
        simulation.time().advance(Duration.ofMillis(1_100));
        JsonObject heartbeat = output.only("heartbeat");
        assertThat(heartbeat.getLong("serverTime"))
                .isBetween(simulation.time().millis() - 1_100, simulation.time().millis());
        assertThat(heartbeat.getJsonObject("heads"))
                .isEqualTo(new JsonObject()
                        .put("finance", cursor(simulation.log().peek(FINANCE, 1).epoch(), 3)));
        simulation.time().advance(Duration.ofSeconds(26));
        assertThat(output.frames("heartbeat")).hasSize(2);
    }

    @Test
    void shouldSendNoHeartbeatWhenBusy() {
        for (int second = 0; second < 120; second++) {
            simulation.publisher().publish(FINANCE, 1);
            simulation.time().advance(Duration.ofSeconds(1));
        }
        assertThat(output.frames("heartbeat")).isEmpty();
        assertThat(output.frames("event")).hasSize(120);
    }

    @Test
    void shouldSendNoHeartbeatWhenTheQueueIsFull() {
        output.fill();
        simulation.time().advance(Duration.ofMinutes(2));
        assertThat(output.frames("heartbeat")).isEmpty();
        assertThat(output.controlBytesWhileFull()).isZero();
    }

    @Test
    void shouldDeliverDeflatedFramesToThoseWhoTakeThem() {
        TestClient deflating =
                TestClient.connect(simulation, new FakeOutput(true)).handshake("finance");
        simulation.publisher().publish(FINANCE, 50);
        simulation.time().settle();
        assertThat(deflating.output().deflatedFrames()).isEqualTo(1);
        assertThat(output.deflatedFrames()).isZero();
        assertThat(deflating.output().seqs()).isEqualTo(output.seqs()).hasSize(50);
        deflating.session().onGone();
        simulation.publisher().publish(FINANCE, 50);
        simulation.time().settle();
        assertThat(simulation.node().count("sluice.batches.deflated"))
                .as("nobody is left who takes it")
                .isEqualTo(1);
        assertThat(simulation.node().total("sluice.frames.compressed")).isEqualTo(1);
    }

    @Test
    void shouldTellAndCloseAtTheDeadlineWhenSentAway() {
        client.session().goAway(GoAwayReason.DRAIN, 700, 5_000);
        simulation.time().settle();
        assertThat(output.only("goaway"))
                .isEqualTo(message("goaway")
                        .put("reason", "drain")
                        .put("reconnectAfterMs", 700)
                        .put("deadlineMs", 5_000));
        simulation.publisher().publish(FINANCE, 1);
        simulation.time().advance(Duration.ofMillis(4_999));
        assertThat(output.seqs()).as("served until it goes").containsExactly(1L);
        assertThat(output.closeCode()).isZero();
        simulation.time().advance(Duration.ofMillis(1));
        assertThat(output.closeCode()).isEqualTo(4005);
    }

    @Test
    void shouldCloseWith4006WhenSentAwayBecauseOfOverload() {
        client.session().goAway(GoAwayReason.OVERLOAD, 700, 0);
        simulation.time().advance(Duration.ofMillis(1));
        assertThat(output.closeCode()).isEqualTo(4006);
    }

    @Test
    void shouldCloseWith1001WhenTheNodeStops() {
        TestClient silent = TestClient.connect(simulation);
        simulation.node().sessionLoop(0).close();
        assertThat(output.closeCode()).isEqualTo(1001);
        assertThat(silent.output().closeCode()).isEqualTo(1001);
        assertThat(simulation.node().registry().size()).isZero();
        simulation.time().advance(Duration.ofMinutes(1));
    }

    @Test
    void shouldFlushOnceForATurnHoweverManyFramesItWrote() {
        client.send(subscribe("staff"));
        int flushes = output.flushes();
        simulation.publisher().publish(FINANCE, 250);
        simulation.publisher().publish(STAFF, 250);
        simulation.time().settle();
        assertThat(output.frames("event")).hasSize(6);
        assertThat(output.flushes() - flushes).isLessThanOrEqualTo(2);
    }

    @Test
    void shouldServeTheOthersWhenOneSessionBreaks() {
        TestClient broken =
                TestClient.connect(simulation, new FakeOutput().breakDown()).handshake("finance");
        TestClient after = TestClient.listening(simulation);
        simulation.publisher().publish(FINANCE, 1);
        simulation.time().settle();
        simulation.publisher().publish(FINANCE, 1);
        simulation.time().settle();
        assertThat(broken.output().closeCode()).isEqualTo(4007);
        assertThat(List.of(output.seqs(), after.output().seqs())).allMatch(List.of(1L, 2L)::equals);
    }

    /** P8: who asks and does not read is not answered for ever. */
    @Test
    void shouldCloseWith4001WhenAClientAsksButDoesNotRead() {
        output.fill();
        int asked = 0;
        while (output.closeCode() == 0 && asked < 100_000) {
            client.send(message("ping").put("t", "x".repeat(60)));
            simulation.time().advance(Duration.ofMillis(100));
            asked++;
        }
        assertThat(output.closeCode()).isEqualTo(4001);
        assertThat(output.controlBytesWhileFull())
                .isLessThanOrEqualTo(SessionOptions.defaults().writeBufferBytes());
    }

    @Test
    void shouldGoOnAnsweringWhenAClientReadsAfterAll() {
        for (int round = 0; round < 10; round++) {
            output.fill();
            for (int i = 0; i < 300; i++) {
                client.send(message("ping").put("t", "x".repeat(60)));
                simulation.time().advance(Duration.ofMillis(100));
            }
            client.drain();
        }
        assertThat(output.closeCode()).isZero();
        assertThat(output.frames("pong")).hasSize(3_000);
    }

    private static JsonObject subscribe(String... services) {
        return message("subscribe").put("services", new JsonArray(List.of(services)));
    }
}
