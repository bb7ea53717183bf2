// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import static dev.sluice.gateway.simulation.Simulation.FINANCE;
import static dev.sluice.gateway.simulation.Simulation.STAFF;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.loop.Walk;
import dev.sluice.gateway.simulation.FakeVerifier;
import dev.sluice.gateway.simulation.SessionLimits;
import dev.sluice.gateway.simulation.Simulation;
import dev.sluice.gateway.simulation.TestClient;
import dev.sluice.stream.Position;
import dev.sluice.stream.StreamKey;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What became of an event in the sessions of a node, and why. */
class SessionTraceTest {

    private static final int LIMIT = 10;

    private Simulation simulation = Simulation.create();

    private void publish(int count) {
        simulation.publisher().publish(FINANCE, count);
        simulation.time().settle();
    }

    private String epoch() {
        return simulation.log().peek(FINANCE, 1).epoch();
    }

    private TracedSession.Page trace(StreamKey stream, long seq, Optional<String> user, int limit) {
        SessionSurvey survey = new SessionSurvey(() -> List.of(simulation.node().sessionLoop(0)));
        TracedEvent event = new TracedEvent(stream, new Position(epoch(), seq), user);
        Future<TracedSession.Page> page = survey.trace(event, limit);
        simulation.time().settle();
        return page.result();
    }

    private TracedSession.Page trace(long seq) {
        return trace(FINANCE, seq, Optional.empty(), LIMIT);
    }

    /** The only session of which there is something to say. */
    private TracedSession only(long seq) {
        List<TracedSession> sessions = trace(seq).sessions();
        assertThat(sessions).hasSize(1);
        return sessions.get(0);
    }

    private void assertFate(long seq, Fate fate, String reason) {
        TracedSession traced = only(seq);
        assertThat(traced.fate()).isEqualTo(fate);
        assertThat(traced.reason()).isEqualTo(Optional.ofNullable(reason));
        assertThat(trace(seq).counts()).isEqualTo(Map.of(fate, 1L));
    }

    @Test
    void shouldSayBetweenWhichTimesItWasDelivered() {
        TestClient client = TestClient.listening(simulation);
        long since = simulation.time().millis();
        simulation.time().advance(5_000);
        publish(3);
        long by = simulation.time().millis();
        simulation.time().advance(2_000);

        assertFate(2, Fate.DELIVERED, null);
        TracedSession traced = only(2);
        assertThat(traced.session().session()).isEqualTo(client.session().id());
        assertThat(traced.cursor()).hasValue(new Position(epoch(), 3));
        assertThat(traced.followsSince()).hasValue(since);
        assertThat(traced.session().lastWrite()).isEqualTo(by);
        assertThat(traced.ended()).isEmpty();
    }

    @Test
    void shouldTellWhoBeganLaterFromWhoHadItBefore() {
        publish(3);
        TestClient.listening(simulation);
        assertFate(3, Fate.BEGAN_LATER, "latest");
        simulation = Simulation.create();
        publish(3);
        TestClient.connect(simulation).resume("finance", TestClient.cursor(epoch(), 2));
        assertFate(2, Fate.HAD_BEFORE, null);
        assertFate(3, Fate.DELIVERED, null);
        simulation = Simulation.create();
        publish(3);
        TestClient.connect(simulation).resume("finance", TestClient.cursor("another", 2));
        assertFate(3, Fate.BEGAN_LATER, "epoch_changed");
    }

    @Test
    void shouldSayOfWhoDoesNotReadThatItsSocketIsFull() {
        TestClient client = TestClient.listening(simulation);
        publish(1);
        client.output().fill();
        publish(4);

        assertFate(3, Fate.BEHIND, "socket_full");
        assertThat(only(3).lag()).isEqualTo(4);
        assertFate(1, Fate.DELIVERED, null);
        client.drain();
        assertFate(3, Fate.DELIVERED, null);
    }

    @Test
    void shouldSayThatTheNodeHasNotGotIt() {
        TestClient.listening(simulation);
        publish(1);
        simulation.publisher().commit(FINANCE, 1);

        assertFate(2, Fate.BEHIND, "not_at_node");
    }

    @Test
    void shouldSayThatItIsReadFromTheLog() {
        simulation = Simulation.with()
                .hub(Simulation.hubOptions(100, 4 << 20, 8 << 20, 9))
                .create();
        TestClient client = TestClient.listening(simulation);
        client.output().fill();
        publish(600);
        simulation.log().hold();
        client.drain();

        assertFate(7, Fate.BEHIND, "reading_log");
    }

    @Test
    void shouldSayThatAGapWasAnnounced() {
        simulation = Simulation.with()
                .hub(Simulation.hubOptions(100, 4 << 20, 8 << 20, 9))
                .logEvents(100)
                .create();
        TestClient client = TestClient.listening(simulation);
        publish(1);
        client.output().fill();
        publish(499);
        client.drain();
        assertThat(client.output().only("gap").getLong("to")).isEqualTo(400);

        assertFate(400, Fate.GAP, "expired");
        assertFate(401, Fate.DELIVERED, null);
        assertFate(1, Fate.DELIVERED, null);
    }

    @Test
    void shouldFollowASessionIntoAnotherEpoch() {
        publish(5);
        TestClient client = TestClient.listening(simulation);
        client.output().fill();
        simulation.log().loseEverything();
        publish(3);
        simulation.time().advance(Duration.ofSeconds(3));
        assertFate(3, Fate.BEHIND, "socket_full");
        client.drain();

        assertThat(client.output().frames("gap")).hasSize(1);
        assertFate(3, Fate.DELIVERED, null);
    }

    @Test
    void shouldRememberHowASessionEndedAndWithWhichCursor() {
        TestClient client = TestClient.listening(simulation);
        publish(5);
        client.output().fill();
        publish(501);
        simulation.time().advance(Duration.ofSeconds(11));
        assertThat(client.output().closeCode()).isEqualTo(4001);

        TracedSession traced = only(6);
        assertThat(traced.fate()).isEqualTo(Fate.ENDED_BEFORE);
        assertThat(traced.cursor()).hasValue(new Position(epoch(), 5));
        assertThat(traced.ended().orElseThrow().reason()).isEqualTo(CloseReason.SLOW_CONSUMER);
        assertThat(traced.ended().orElseThrow().at())
                .isBetween(simulation.time().millis() - 2_000, simulation.time().millis());
        assertThat(only(5).fate()).isEqualTo(Fate.DELIVERED);
        assertThat(trace(5).remembered()).isEqualTo(1);
        assertThat(trace(5).completeSince()).isEmpty();
    }

    @Test
    void shouldShowEachSessionOnceWhenSomeEndWhileOthersAreLookedAt() {
        int many = Walk.A_TURN + 2;
        simulation = Simulation.with()
                .session(new SessionLimits().connections(many, many, many).options())
                .create();
        List<Session> sessions = Stream.generate(
                        () -> TestClient.listening(simulation).session())
                .limit(many)
                .toList();
        publish(1);
        SessionSurvey survey = new SessionSurvey(() -> List.of(simulation.node().sessionLoop(0)));
        Future<TracedSession.Page> page =
                survey.trace(new TracedEvent(FINANCE, new Position(epoch(), 1), Optional.empty()), many);
        assertThat(simulation.time().step(new Random(1)))
                .as("a turn of the walk")
                .isTrue();
        sessions.get(0).onGone();
        sessions.get(many - 1).onGone();
        simulation.time().settle();

        assertThat(page.result().counts()).isEqualTo(Map.of(Fate.DELIVERED, (long) many));
        assertThat(page.result().sessions())
                .extracting(traced -> traced.session().session())
                .doesNotHaveDuplicates();
        assertThat(page.result().sessions())
                .filteredOn(traced -> traced.ended().isPresent())
                .as("as it was when its turn came")
                .extracting(traced -> traced.session().session())
                .containsExactly(sessions.get(many - 1).id());
    }

    @Test
    void shouldNotForgetASessionForThePollsThatWereAnsweredSince() {
        int polls = EndedSessions.MAX_SESSIONS + 1;
        simulation = Simulation.with()
                .session(new SessionLimits().connections(polls, polls, polls).options())
                .create();
        Session gone = TestClient.listening(simulation).session();
        gone.onGone();
        publish(1);
        for (int i = 0; i < polls; i++) {
            TestClient.listening(simulation).session().onAnswered();
            simulation.time().settle();
        }

        assertThat(trace(1).sessions().get(0).session().session()).isEqualTo(gone.id());
        assertThat(trace(1).remembered()).isEqualTo(1 + EndedSessions.MAX_SESSIONS);
        assertThat(trace(1).completeSince()).isPresent();
    }

    @Test
    void shouldRememberNobodyWhoWasNotLetIn() {
        TestClient.connect(simulation).handshakeWith("unknown", "finance");
        publish(1);

        assertThat(trace(1).remembered()).isZero();
        assertThat(trace(1).counts()).isEmpty();
    }

    @Test
    void shouldNameWhoDoesNotFollowTheServiceWhenAskedForAUser() {
        simulation
                .verifier()
                .accept(
                        "bob",
                        FakeVerifier.limitedTo(
                                FakeVerifier.reader(
                                        "acme",
                                        "bob",
                                        simulation.time().instant().plus(Duration.ofHours(1))),
                                "staff"));
        publish(1);
        TestClient.connect(simulation).handshakeWith("bob", "staff");
        TestClient.connect(simulation).handshake("staff");

        assertThat(trace(1).sessions()).isEmpty();
        assertThat(trace(1).counts()).isEqualTo(Map.of(Fate.NOT_ALLOWED, 1L, Fate.NOT_SUBSCRIBED, 1L));
        List<TracedSession> bobs = trace(FINANCE, 1, Optional.of("bob"), LIMIT).sessions();
        assertThat(bobs).extracting(TracedSession::fate).containsExactly(Fate.NOT_ALLOWED);
        assertThat(trace(FINANCE, 1, Optional.of("ann"), LIMIT).sessions())
                .extracting(TracedSession::fate)
                .containsExactly(Fate.NOT_SUBSCRIBED);
        assertThat(trace(FINANCE, 1, Optional.of("bo"), LIMIT).counts()).isEmpty();
    }

    @Test
    void shouldSayWhoWaitsForTheStreamAndWhoWasNotGivenIt() {
        publish(1);
        String epoch = epoch();
        simulation.log().hold();
        TestClient.listening(simulation);
        assertThat(epoch).isEqualTo(epoch());
        assertFate(1, Fate.ATTACHING, null);

        simulation = Simulation.with()
                .hub(Simulation.hubOptions(100, 4 << 20, 8 << 20, 1))
                .create();
        publish(1);
        TestClient.connect(simulation).handshake("staff", "finance");
        assertFate(1, Fate.REFUSED, null);
    }

    @Test
    void shouldShowNothingOfOtherOrgsAndServices() {
        TestClient.connect(simulation).handshake("finance", "staff");
        publish(1);

        assertThat(trace(new StreamKey("other", "finance"), 1, Optional.empty(), LIMIT)
                        .counts())
                .isEmpty();
        assertThat(trace(STAFF, 1, Optional.empty(), LIMIT).sessions())
                .extracting(traced -> traced.cursor().orElseThrow().seq())
                .containsExactly(0L);
    }

    @Test
    void shouldNameThoseFirstThatDidNotGetItAndCountAll() {
        TestClient gone = TestClient.listening(simulation);
        gone.session().onGone();
        for (int i = 0; i < 5; i++) {
            TestClient.listening(simulation);
        }
        TestClient stuck = TestClient.listening(simulation);
        stuck.output().fill();
        publish(1);

        TracedSession.Page page = trace(FINANCE, 1, Optional.empty(), 3);

        assertThat(page.sessions())
                .extracting(TracedSession::fate)
                .containsExactly(Fate.BEHIND, Fate.ENDED_BEFORE, Fate.DELIVERED);
        assertThat(page.sessions().get(0).session().session())
                .isEqualTo(stuck.session().id());
        assertThat(page.counts()).isEqualTo(Map.of(Fate.BEHIND, 1L, Fate.ENDED_BEFORE, 1L, Fate.DELIVERED, 5L));
    }
}
