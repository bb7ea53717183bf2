// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import static dev.sluice.gateway.simulation.Simulation.FINANCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.simulation.Simulation;
import dev.sluice.gateway.simulation.TestClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

/** Sessions that have been here for a while, and those who came lately. */
class FollowersTest {

    private static final int MANY = 1_000;

    private final Simulation simulation = Simulation.with().create();

    private List<TestClient> listening(String name, int users) {
        List<TestClient> clients = TestClient.listening(simulation, name, users);
        simulation.time().settle();
        return clients;
    }

    private void settleDown() {
        simulation.time().advance(Duration.ofMillis(Followers.SETTLED_AFTER_MS));
        publish();
        simulation.time().settle();
    }

    private void publish() {
        simulation.publisher().publish(FINANCE, 1);
        simulation.node().runHub();
    }

    private static boolean all(List<TestClient> clients, long seq) {
        return clients.stream().allMatch(client -> client.output().seqs().contains(seq));
    }

    @Test
    void shouldGiveThoseWhoWereHereTheNextEventBeforeAllWhoCameHaveTheLastOne() {
        List<TestClient> settled = listening("settled", 10);
        settleDown();
        List<TestClient> arriving = listening("arriving", MANY);
        publish();
        simulation.time().settle(); // with what was owed for letting them in
        publish();
        while (!all(settled, 3)) {
            assertThat(simulation.node().loop(0).runOne()).isTrue();
        }
        assertThat(arriving.stream()
                        .filter(client -> client.output().seqs().contains(3L))
                        .count())
                .as("of those who came have the event")
                .isLessThan(MANY / 2);

        publish();
        while (!all(settled, 4)) {
            assertThat(simulation.node().loop(0).runOne()).isTrue();
        }

        assertThat(all(arriving, 3)).isFalse();
        simulation.time().settle();
        assertThat(arriving)
                .allSatisfy(client -> assertThat(client.output().seqs()).containsExactly(2L, 3L, 4L));
        assertThat(settled)
                .allSatisfy(client -> assertThat(client.output().seqs()).containsExactly(1L, 2L, 3L, 4L));
    }

    @Test
    void shouldMissNothingThatComesWhileASessionSettlesOrAfter() {
        TestClient client = listening("only", 1).get(0);
        List<Integer> published = new ArrayList<>();
        client.output().whileWriting(() -> {
            if (published.isEmpty()) {
                published.add(1);
                publish();
            }
        });
        settleDown();
        publish();
        simulation.time().settle();
        assertThat(client.output().seqs()).containsExactly(1L, 2L, 3L);
    }

    @Test
    void shouldServeOnWhoeverIsLeftInEitherCrowdAndStopListeningWithTheLast() {
        var feed = simulation.node().hub().attach(FINANCE);
        simulation.time().settle();
        List<TestClient> settled = listening("settled", 2);
        settleDown();
        List<TestClient> arriving = listening("arriving", 2);
        settled.get(0).session().onGone();
        arriving.get(0).session().onGone();
        publish();
        simulation.time().settle();
        assertThat(settled.get(1).output().seqs()).containsExactly(1L, 2L);
        assertThat(arriving.get(1).output().seqs()).containsExactly(2L);

        settled.get(1).session().onGone();
        publish();
        simulation.time().settle();
        assertThat(arriving.get(1).output().seqs()).containsExactly(2L, 3L);
        arriving.get(1).session().onGone();
        assertThat(feed.result())
                .extracting("listeners")
                .asInstanceOf(InstanceOfAssertFactories.LIST)
                .isEmpty();
    }
}
