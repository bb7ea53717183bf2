// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.ops.GatewayMetrics;
import dev.sluice.gateway.simulation.SessionLimits;
import dev.sluice.gateway.simulation.Simulation;
import dev.sluice.gateway.simulation.TestClient;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DepartureTest {

    private static final Duration WINDOW = Duration.ofSeconds(10);
    private static final long GRACE = 2_000;
    private static final int CLIENTS = 80;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final Simulation simulation = Simulation.with()
            .session(new SessionLimits().connections(1_000, 1_000, 1_000).options())
            .create();
    private final List<TestClient> clients = Stream.generate(() -> TestClient.listening(simulation))
            .limit(CLIENTS)
            .toList();

    private Departure departure(Duration window) {
        return new Departure(
                GoAwayReason.REBALANCE,
                window,
                now(),
                simulation.node().registry(),
                new GatewayMetrics(meters),
                new Random(1));
    }

    private long now() {
        return simulation.time().millis();
    }

    private int advance(Departure departure) {
        int left = departure.advance(now());
        simulation.time().settle();
        return left;
    }

    private long slot(TestClient client) {
        return client.output().only("goaway").getLong("reconnectAfterMs");
    }

    private long open() {
        return clients.stream().filter(c -> c.output().closeCode() == 0).count();
    }

    @Test
    void shouldGiveEachSessionOneSlotOfTheWindow() {
        assertThat(advance(departure(WINDOW))).isEqualTo(CLIENTS);
        long width = (WINDOW.toMillis() - GRACE) / CLIENTS;
        long[] slots = clients.stream().mapToLong(this::slot).sorted().toArray();
        for (int i = 0; i < CLIENTS; i++) {
            assertThat(slots[i]).as("slot " + i).isBetween(i * width, (i + 1) * width);
        }
        assertThat(IntStream.range(0, CLIENTS)
                        .mapToLong(i -> slots[i] - i * width)
                        .distinct()
                        .count())
                .as("at a random moment of it")
                .isGreaterThan(CLIENTS / 2);
        assertThat(clients)
                .allSatisfy(client -> assertThat(client.output().only("goaway").getLong("deadlineMs"))
                        .isEqualTo(slot(client) + GRACE));
    }

    @Test
    void shouldCloseThoseWhoStayNoFasterThanTheSlotsSay() {
        advance(departure(WINDOW));
        long width = (WINDOW.toMillis() - GRACE) / CLIENTS;
        simulation.time().advance(GRACE - 1);
        assertThat(open()).isEqualTo(CLIENTS);
        for (int i = 0; i < CLIENTS; i++) {
            long before = open();
            simulation.time().advance(width);
            assertThat(before - open()).as("closed in slot " + i).isLessThanOrEqualTo(2);
        }
        simulation.time().advance(1);
        assertThat(open()).isZero();
        assertThat(clients).allSatisfy(c -> assertThat(c.output().closeCode()).isEqualTo(4005));
    }

    @Test
    void shouldCountThoseWhoHaveLeft() {
        Departure departure = departure(WINDOW);
        advance(departure);
        clients.get(0).session().onGone();
        assertThat(advance(departure)).isEqualTo(CLIENTS - 1);
        assertThat(meters.get("sluice.sessions.leaving").gauge().value()).isEqualTo(CLIENTS - 1);
        assertThat(meters.get("sluice.sessions.sent.away").counter().count()).isEqualTo(CLIENTS);
        assertThat(simulation.time().timers())
                .as("no timer is kept for who has left")
                .isLessThan(CLIENTS + 10);
    }

    @Test
    void shouldSendAwayWhoComesMeanwhile() {
        Departure departure = departure(WINDOW);
        advance(departure);
        simulation.time().advance(5_000);
        TestClient late = TestClient.listening(simulation);
        advance(departure);
        assertThat(slot(late)).isBetween(0L, 3_000L);
        assertThat(clients.get(0).output().frames("goaway")).hasSize(1);
    }

    @Test
    void shouldCloseAllAtOnceWhenHurried() {
        Departure departure = departure(WINDOW);
        advance(departure);
        departure.hurry();
        simulation.time().settle();
        assertThat(clients).allSatisfy(c -> assertThat(c.output().closeCode()).isEqualTo(4005));
        TestClient late = TestClient.listening(simulation);
        advance(departure);
        simulation.time().advance(1);
        assertThat(late.output().closeCode()).isEqualTo(4005);
    }

    @Test
    void shouldCloseAllAtOnceWhenThereIsNoWindow() {
        advance(departure(Duration.ZERO));
        simulation.time().advance(1);
        assertThat(open()).isZero();
        assertThat(clients.get(0).output().frames("goaway")).hasSize(1);
    }

    @Test
    void shouldLetTheLaterCallTakeThePlaceOfTheEarlier() {
        advance(departure(WINDOW));
        advance(departure(Duration.ofMinutes(1)));
        simulation.time().advance(WINDOW);
        assertThat(open())
                .as("none is closed at its old deadline but as the new slots say")
                .isGreaterThan(CLIENTS / 2);
        simulation.time().advance(Duration.ofMinutes(1));
        assertThat(open()).isZero();
    }

    @Test
    void shouldSayWhenItsTimeIsOver() {
        Departure departure = departure(WINDOW);
        Duration allowance = Duration.ofSeconds(5);
        simulation.time().advance(15_000);
        assertThat(departure.isOver(now(), allowance)).isFalse();
        simulation.time().advance(1);
        assertThat(departure.isOver(now(), allowance)).isTrue();
    }
}
