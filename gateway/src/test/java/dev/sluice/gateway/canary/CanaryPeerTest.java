// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.canary;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is counted as lost on the way from another node, and when. */
class CanaryPeerTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final CanaryPeer peer = new CanaryPeer(new CanaryMeters(registry, "a", Duration.ofSeconds(1)).row("b"));

    private void calls(long round) {
        peer.called(new CanaryCall("b", round, 0, false, Map.of(), Set.of(), Set.of()), Set.of(), 0);
    }

    private void roundsPass(int rounds, long heardByOthers) {
        for (int i = 0; i < rounds; i++) {
            peer.tick(Set.of(), heardByOthers);
        }
    }

    private double lost() {
        return registry.get("sluice.canary.lost").counter().count();
    }

    @Test
    void shouldNotCallLostWhatMayBeUnderWayWhenOthersHaveHeardItJustNow() {
        calls(5);
        roundsPass(1, 6);
        assertThat(lost()).isZero();
        roundsPass(1, 7);
        assertThat(lost()).isEqualTo(1);
        calls(7);
        assertThat(lost()).isEqualTo(1);
    }

    @Test
    void shouldCountWhatItPresumedToBeLostOnceWhenItIsKnown() {
        calls(5);
        roundsPass(Canary.SILENT_ROUNDS + 2, -1);
        assertThat(lost()).as("presumed: 6 and 7").isEqualTo(2);
        roundsPass(1, 7); // and 8 is presumed
        roundsPass(1, 12); // 9 is presumed; 6 to 11 are known
        calls(14);
        assertThat(lost()).as("6 to 13").isEqualTo(8);
    }
}
