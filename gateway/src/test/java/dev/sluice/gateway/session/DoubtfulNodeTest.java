// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import static dev.sluice.gateway.simulation.Simulation.FINANCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.simulation.Simulation;
import dev.sluice.gateway.simulation.TestClient;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A node that was cut off or paused: what its buffers hold is true, but whether it is all, only the log can tell. */
class DoubtfulNodeTest {

    private static final Duration IDLE = Duration.ofSeconds(30);

    private final Simulation simulation = Simulation.with().shards(1).create();

    @Test
    void shouldClaimNoHeadInHeartbeatsWhileInDoubt() {
        TestClient client = TestClient.listening(simulation);
        publish(3);
        simulation.node().hub().doubt();
        client.output().clear();

        simulation.time().advance(IDLE);
        assertThat(client.output().only("heartbeat").getJsonObject("heads")).isEmpty();

        simulation.node().hub().believe();
        client.output().clear();
        simulation.time().advance(IDLE);
        assertThat(client.output().only("heartbeat").getJsonObject("heads").getJsonObject("finance"))
                .isEqualTo(TestClient.cursor(epoch(), 3));
    }

    /** The buffer could serve the cursor; but events that it never heard of may come after it. */
    @Test
    void shouldAskTheLogBeforeAResumeWhileInDoubt() {
        TestClient.listening(simulation);
        publish(3);
        simulation.publisher().commit(FINANCE, 2);
        simulation.node().hub().doubt();

        TestClient client = TestClient.connect(simulation).resume("finance", TestClient.cursor(epoch(), 1));
        simulation.time().settle();

        JsonObject subscribed = client.output().only("subscribed");
        assertThat(subscribed.getLong("seq")).isEqualTo(5);
        assertThat(subscribed.getInteger("replayed")).isEqualTo(4);
        assertThat(client.output().seqs()).containsExactly(2L, 3L, 4L, 5L);
    }

    @Test
    void shouldServeNoResumeFromItsBufferWhenTheLogDoesNotAnswer() {
        TestClient.listening(simulation);
        publish(3);
        String epoch = epoch();
        simulation.node().hub().doubt();
        simulation.log().failNext(Integer.MAX_VALUE);

        TestClient client = TestClient.connect(simulation).resume("finance", TestClient.cursor(epoch, 1));
        simulation.time().settle();

        assertThat(client.output().frames("subscribed")).isEmpty();
        assertThat(client.output().frames("event")).isEmpty();
        assertThat(client.output().closeCode()).as("to come back elsewhere").isEqualTo(4006);
    }

    @Test
    void shouldHaveComparedEverythingWhenTheChangeOfTheClusterIsDealtWith() {
        TestClient client = TestClient.listening(simulation);
        publish(1);
        simulation.publisher().commit(FINANCE, 2);
        simulation.log().failNext(3);

        Future<Void> changed = simulation.node().hub().clusterChanged();
        simulation.time().settle();
        assertThat(changed.isComplete()).as("while the log does not answer").isFalse();
        simulation.time().advance(Duration.ofSeconds(3));

        assertThat(changed.succeeded()).isTrue();
        assertThat(client.output().seqs()).containsExactly(1L, 2L, 3L);
    }

    private void publish(int count) {
        simulation.publisher().publish(FINANCE, count);
        simulation.time().settle();
    }

    private String epoch() {
        return simulation.log().peek(FINANCE, 1).epoch();
    }
}
