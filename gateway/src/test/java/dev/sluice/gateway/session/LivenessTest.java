// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import static dev.sluice.gateway.simulation.Simulation.FINANCE;
import static dev.sluice.gateway.simulation.TestClient.message;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.simulation.Simulation;
import dev.sluice.gateway.simulation.TestClient;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Clients that are gone without a word, and those that only seem to be. A heartbeat is 25 s. */
class LivenessTest {

    private static final Duration TWO_HEARTBEATS = Duration.ofSeconds(50);

    private final Simulation simulation = Simulation.create();
    private final TestClient client = TestClient.listening(simulation);

    @Test
    void shouldPingAClientThatIsSilentForAHeartbeat() {
        simulation.time().advance(Duration.ofSeconds(24));
        assertThat(client.output().pings()).isZero();
        simulation.time().advance(Duration.ofSeconds(1));
        assertThat(client.output().pings()).isEqualTo(1);
        simulation.time().advance(Duration.ofSeconds(25));
        assertThat(client.output().pings())
                .as("again, for the pong was the last")
                .isEqualTo(2);
    }

    @Test
    void shouldKeepAClientThatOnlyAnswersPings() {
        simulation.time().advance(Duration.ofMinutes(30));
        assertThat(client.output().closeCode()).isZero();
    }

    @Test
    void shouldCloseAClientThatAnswersNothingForTwoHeartbeats() {
        client.output().vanish();
        simulation.time().advance(TWO_HEARTBEATS.minusSeconds(1));
        assertThat(client.output().closeCode()).isZero();
        simulation.time().advance(Duration.ofSeconds(1));
        assertThat(client.output().closeCode()).isEqualTo(1001);
        assertThat(simulation.node().count("sluice.sessions.closed", "reason", "unresponsive"))
                .isEqualTo(1);
        assertThat(simulation.node().registry().size()).isZero();
    }

    @Test
    void shouldTakeAMessageAsASignOfLife() {
        client.output().vanish();
        for (int i = 0; i < 10; i++) {
            simulation.time().advance(Duration.ofSeconds(24));
            client.send(message("ping"));
        }
        assertThat(client.output().closeCode()).isZero();
        assertThat(client.output().pings()).as("not asked who speaks").isZero();
    }

    @Test
    void shouldTakeAsAliveWhoStillTakesBytes() {
        client.output().vanish();
        for (int i = 0; i < 10; i++) {
            simulation.publisher().publish(FINANCE, 1);
            client.output().fill();
            simulation.time().advance(Duration.ofSeconds(40));
            client.drain();
        }
        assertThat(client.output().closeCode()).isZero();
    }

    @Test
    void shouldTakeAsDeadWhoTakesNothing() {
        client.output().vanish().fill();
        simulation.publisher().publish(FINANCE, 1);
        simulation.time().advance(TWO_HEARTBEATS);
        assertThat(client.output().closeCode()).isEqualTo(1001);
    }

    @Test
    void shouldBlameNobodyForAPauseOfTheNode() {
        client.output().vanish();
        simulation.time().advanceOnly(Duration.ofMinutes(10).toMillis());
        simulation.time().settle();
        assertThat(client.output().closeCode()).isZero();
    }
}
