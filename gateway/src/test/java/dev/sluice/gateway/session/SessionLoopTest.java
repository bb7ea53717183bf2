// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import static dev.sluice.gateway.simulation.Simulation.FINANCE;
import static dev.sluice.gateway.simulation.TestClient.message;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.loop.Walk;
import dev.sluice.gateway.simulation.Simulation;
import dev.sluice.gateway.simulation.TestClient;
import io.vertx.core.json.JsonArray;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

/** How the sessions of a loop are woken, while the hub on its own loop goes on. */
class SessionLoopTest {

    private final Simulation simulation = Simulation.with().sessionLoops(2).create();

    @Test
    void shouldWalkAgainWhenAnEventComesDuringTheWalk() {
        TestClient first = TestClient.listening(simulation);
        TestClient second = TestClient.listening(simulation);
        List<Integer> published = new ArrayList<>();
        // The first session was served already when the second event comes.
        second.output().whileWriting(() -> {
            if (published.isEmpty()) {
                published.add(1);
                simulation.publisher().publish(FINANCE, 1);
                simulation.node().runHub();
            }
        });
        simulation.publisher().publish(FINANCE, 1);
        simulation.time().settle();
        assertThat(second.output().seqs()).containsExactly(1L, 2L);
        assertThat(first.output().seqs()).containsExactly(1L, 2L);
    }

    @Test
    void shouldServeTheOthersWhenASessionEndsDuringTheWalk() {
        TestClient first = TestClient.listening(simulation);
        TestClient second = TestClient.listening(simulation);
        TestClient third = TestClient.listening(simulation);
        second.output().whileWriting(() -> second.session().onGone());
        simulation.publisher().publish(FINANCE, 1);
        simulation.time().settle();
        simulation.publisher().publish(FINANCE, 1);
        simulation.time().settle();
        assertThat(first.output().seqs()).containsExactly(1L, 2L);
        assertThat(third.output().seqs()).containsExactly(1L, 2L);
        assertThat(simulation.node().gauge("sluice.subscriptions")).isEqualTo(2);
    }

    @Test
    void shouldBeReadyForOthersWhenTheOnlySessionEndsDuringTheWalk() {
        TestClient only = TestClient.listening(simulation);
        only.output().whileWriting(() -> only.session().onGone());
        simulation.publisher().publish(FINANCE, 1);
        simulation.time().settle();
        TestClient next = TestClient.listening(simulation);
        simulation.publisher().publish(FINANCE, 1);
        simulation.time().settle();
        assertThat(next.output().seqs()).containsExactly(2L);
        assertThat(simulation.node().gauge("sluice.subscriptions")).isEqualTo(1);
    }

    @Test
    void shouldServeSessionsOnAllLoops() {
        TestClient here = TestClient.listening(simulation);
        TestClient there = TestClient.connect(simulation, 1).handshake("finance");
        simulation.publisher().publish(FINANCE, 3);
        simulation.time().settle();
        assertThat(here.output().seqs()).containsExactly(1L, 2L, 3L);
        assertThat(there.output().seqs()).containsExactly(1L, 2L, 3L);
        assertThat(simulation.bus().registrations()).isEqualTo(1);
    }

    @Test
    void shouldStopListeningToAFeedWhenTheLastOfItsSessionsLeft() {
        TestClient client = TestClient.listening(simulation);
        var feed = simulation.node().hub().attach(FINANCE);
        simulation.time().settle();
        for (int round = 0; round < 3; round++) {
            client.send(message("unsubscribe").put("services", new JsonArray().add("finance")));
            client.send(message("subscribe").put("services", new JsonArray().add("finance")));
        }
        client.send(message("unsubscribe").put("services", new JsonArray().add("finance")));
        simulation.publisher().publish(FINANCE, 1);
        simulation.time().settle();
        assertThat(feed.result().buffer().head()).isEqualTo(1);
        assertThat(client.output().seqs()).isEmpty();
        assertThat(feed.result())
                .extracting("listeners")
                .asInstanceOf(InstanceOfAssertFactories.LIST)
                .isEmpty();
    }

    @Test
    void shouldMeasureTheLatencyOfLiveEventsOnly() {
        simulation.publisher().publish(FINANCE, 3);
        simulation.time().advance(Duration.ofMinutes(1));
        TestClient.connect(simulation)
                .resume(
                        "finance",
                        TestClient.cursor(simulation.log().peek(FINANCE, 1).epoch(), 0));
        assertThat(simulation.node().timer("sluice.delivery.latency").count()).isZero();
        simulation.publisher().publish(FINANCE, 1);
        simulation.time().settle();
        assertThat(simulation.node().timer("sluice.delivery.latency").count()).isEqualTo(1);
    }

    /** Closing takes longer than looking, and those who keep up are to have their turns in between. */
    @Test
    void shouldCloseManySlowSessionsOverManyTurns() {
        List<TestClient> clients = TestClient.listening(simulation, "user", 100);
        clients.forEach(client -> client.output().fill());
        simulation.publisher().publish(FINANCE, 501);
        simulation.time().advance(Duration.ofSeconds(9));

        simulation.time().advanceOnly(1_000);
        int before = 0;
        int most = 0;
        while (simulation.node().loop(0).runOne()) {
            int closed = (int) clients.stream()
                    .filter(client -> client.output().closeCode() == 4001)
                    .count();
            most = Math.max(most, closed - before);
            before = closed;
        }

        assertThat(before).isEqualTo(100);
        assertThat(most).isEqualTo(Walk.A_TURN / 16);
    }

    /** Sockets have their turns between ours, and a crowd that comes in makes theirs long. */
    @Test
    void shouldServeThoseWhoAreInForAsLongAsOthersAreLetIn() {
        List<TestClient> clients = TestClient.listening(simulation, "user", 200);
        turnsOf(clients); // what was owed for these themselves
        int undisturbed = turnsOf(clients);
        for (int i = 0; i < 10; i++) {
            TestClient.connect(simulation);
        }

        assertThat(undisturbed).isGreaterThanOrEqualTo(3);
        assertThat(turnsOf(clients)).isEqualTo(1);
        assertThat(turnsOf(clients)).isEqualTo(undisturbed);
    }

    /** In how many turns an event comes to all. */
    private int turnsOf(List<TestClient> clients) {
        simulation.publisher().publish(FINANCE, 1);
        simulation.node().runHub();
        int turns = 0;
        long before = delivered(clients);
        while (simulation.node().loop(0).runOne()) {
            long now = delivered(clients);
            turns += now > before ? 1 : 0;
            before = now;
        }
        return turns;
    }

    private static long delivered(List<TestClient> clients) {
        return clients.stream()
                .mapToLong(client -> client.output().seqs().size())
                .sum();
    }
}
