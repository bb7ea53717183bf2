// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.ops.GatewayMetrics;
import dev.sluice.stream.http.Problem;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class UpgradeGateTest {

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final AtomicBoolean room = new AtomicBoolean(true);
    private final Set<String> full = new HashSet<>();
    private final AtomicLong now = new AtomicLong(5_000);
    private final UpgradeGate gate = new UpgradeGate(
            new UpgradeGate.Room() {
                @Override
                public boolean forOneMore() {
                    return room.get();
                }

                @Override
                public boolean forAddress(String address) {
                    return !full.contains(address);
                }
            },
            options(2, 3),
            now::get,
            new GatewayMetrics(meters),
            new Random(1));

    private static AdmissionOptions options(int perSecond, int burst) {
        AdmissionOptions d = AdmissionOptions.defaults();
        return new AdmissionOptions(
                perSecond, burst, d.maxUnauthenticated(), d.headTimeout(), d.idleTimeout(), d.trustedProxies());
    }

    @Test
    void shouldLetInWhileThereIsRoom() {
        assertThat(gate.check(Optional.empty())).isEmpty();
        room.set(false);
        assertThat(gate.check(Optional.empty())).hasValueSatisfying(problem -> {
            assertThat(problem.status()).isEqualTo(503);
            assertThat(problem.code()).isEqualTo("overloaded");
        });
        room.set(true);
        assertThat(gate.check(Optional.empty())).isEmpty();
    }

    @Test
    void shouldLetNobodyInWhenDraining() {
        assertThat(gate.isDraining()).isFalse();
        gate.drain();
        assertThat(gate.isDraining()).isTrue();
        assertThat(gate.check(Optional.empty())).map(Problem::code).hasValue("draining");
    }

    @Test
    void shouldSpreadThoseWhoComeBackOverSomeSeconds() {
        room.set(false);
        Set<Duration> delays = IntStream.range(0, 200)
                .mapToObj(i ->
                        gate.check(Optional.empty()).orElseThrow().retryAfter().orElseThrow())
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
    void shouldLetInNoFasterThanItsRate() {
        for (int i = 0; i < 3; i++) {
            assertThat(gate.check(Optional.empty())).as("of the burst").isEmpty();
        }
        assertThat(gate.check(Optional.empty())).hasValueSatisfying(problem -> {
            assertThat(problem.status()).isEqualTo(503);
            assertThat(problem.code()).isEqualTo("overloaded");
            assertThat(problem.retryAfter()).isPresent();
        });
        now.addAndGet(499);
        assertThat(gate.check(Optional.empty())).isPresent();
        now.addAndGet(1);
        assertThat(gate.check(Optional.empty())).isEmpty();
        assertThat(gate.check(Optional.empty())).isPresent();
        now.addAndGet(60_000);
        assertThat(IntStream.range(0, 10)
                        .filter(i -> gate.check(Optional.empty()).isEmpty())
                        .count())
                .as("no more than a burst is saved up")
                .isEqualTo(3);
    }

    @Test
    void shouldUseUpNothingForThoseItRefusesAnyway() {
        full.add("192.0.2.1");
        for (int i = 0; i < 10; i++) {
            assertThat(gate.check(Optional.of("192.0.2.1"))).map(Problem::code).hasValue("too_many_connections");
        }
        assertThat(gate.check(Optional.of("192.0.2.2"))).isEmpty();
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
