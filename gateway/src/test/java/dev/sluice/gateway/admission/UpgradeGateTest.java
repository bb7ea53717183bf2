// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.ops.GatewayMetrics;
import dev.sluice.stream.http.Problem;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class UpgradeGateTest {

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AtomicBoolean room = new AtomicBoolean(true);
    private final UpgradeGate gate = new UpgradeGate(room::get, new GatewayMetrics(meters), new Random(1));

    @Test
    void shouldLetInWhileThereIsRoom() {
        assertThat(gate.check()).isEmpty();
        room.set(false);
        assertThat(gate.check()).hasValueSatisfying(problem -> {
            assertThat(problem.status()).isEqualTo(503);
            assertThat(problem.code()).isEqualTo("overloaded");
        });
        room.set(true);
        assertThat(gate.check()).isEmpty();
    }

    @Test
    void shouldLetNobodyInWhenDraining() {
        assertThat(gate.isDraining()).isFalse();
        gate.drain();
        assertThat(gate.isDraining()).isTrue();
        assertThat(gate.check()).map(Problem::code).hasValue("draining");
    }

    @Test
    void shouldSpreadThoseWhoComeBackOverSomeSeconds() {
        room.set(false);
        Set<Duration> delays = IntStream.range(0, 200)
                .mapToObj(i -> gate.check().orElseThrow().retryAfter().orElseThrow())
                .collect(Collectors.toSet());
        assertThat(delays)
                .containsExactlyInAnyOrder(
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(4),
                        Duration.ofSeconds(5));
    }

    @Test
    void shouldCountRefusals() {
        gate.refused("overloaded");
        assertThat(meters.get("sluice.refused")
                        .tag("reason", "overloaded")
                        .counter()
                        .count())
                .isEqualTo(1);
    }
}
