// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.canary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.gateway.canary.CanaryNodes.Node;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Registrations are lost without a word; nodes pause, come and go. */
class CanaryTest {

    private static final String LOST = "sluice.canary.lost";
    private static final String ARRIVED = "sluice.canary.arrived";

    private final CanaryNodes nodes = new CanaryNodes("a", "b", "c");
    private final Node a = nodes.node("a");
    private final Node b = nodes.node("b");
    private final Node c = nodes.node("c");

    @Test
    void shouldRepairTheRegistrationOfAShardWithinFourRounds() {
        a.wants(7).wants(8);
        nodes.rounds(5);
        a.forget(7);

        nodes.rounds(4);

        assertThat(a.renewed(7)).isEqualTo(1);
        assertThat(a.renewed(8)).as("not the one that works").isZero();
        assertThat(b.renewed(7)).as("nobody else").isZero();
        assertThat(a.counted(LOST, "b")).isBetween(2.0, 4.0);
        nodes.rounds(2);
        double lost = a.counted(LOST, "b");
        nodes.rounds(10);
        assertThat(a.counted(LOST, "b")).isEqualTo(lost);
        assertThat(a.renewed(7)).isEqualTo(1);
        assertThat(a.gauge("sluice.canary.broken")).isZero();
        assertThat(a.canary.problem()).isEmpty();
    }

    @Test
    void shouldRepairEverythingWhenNobodyIsHeardAnyMore() {
        a.wants(7);
        nodes.rounds(5);
        a.forget("calls");
        a.forget(7);

        nodes.rounds(6);

        assertThat(a.listened()).isEqualTo(2);
        assertThat(a.renewed(7)).isEqualTo(1);
        nodes.rounds(3);
        double lost = a.counted(LOST, "b");
        nodes.rounds(10);
        assertThat(a.counted(LOST, "b")).isEqualTo(lost);
        assertThat(a.listened()).isEqualTo(2);
    }

    @Test
    void shouldRepairWhenOneIsNotHeardWhomOthersHear() {
        nodes.rounds(5);
        a.hearsNothingOf("b");

        nodes.rounds(5);

        assertThat(a.listened()).isGreaterThan(1);
        assertThat(a.counted(LOST, "b")).isPositive();
        assertThat(a.counted(LOST, "c")).isZero();
        assertThat(c.listened()).isEqualTo(1);
    }

    @Test
    void shouldOnlySayThatThePathIsLossyWhenANodeIsPaused() {
        a.wants(7);
        b.wants(7);
        nodes.rounds(5);
        b.pause();

        nodes.rounds(40);

        assertThat(a.counted(LOST, "b")).isGreaterThan(30);
        assertThat(a.meters
                        .get("sluice.canary.silence")
                        .tag("from", "b")
                        .gauge()
                        .value())
                .isGreaterThan(60);
        b.resume();
        nodes.rounds(20);
        for (Node node : new Node[] {a, b, c}) {
            assertThat(node.listened()).isEqualTo(1);
            assertThat(node.renewed(7)).isZero();
            assertThat(node.canary.problem()).isEmpty();
        }
    }

    @Test
    void shouldNotBeReadyWhileRepairsAreInVain() {
        a.wants(7);
        nodes.rounds(5);
        a.isHopeless();
        a.forget(7);

        nodes.rounds(14);
        assertThat(a.canary.problem()).as("there is hope").isEmpty();
        nodes.rounds(30);

        assertThat(a.canary.problem()).contains("pushes do not arrive");
        assertThat(b.canary.problem()).isEmpty();
        assertThat(a.gauge("sluice.canary.broken")).isEqualTo(1);
        int renewed = a.renewed(7);
        nodes.rounds(100);
        assertThat(a.renewed(7)).as("more and more rarely").isBetween(renewed + 1, renewed + 4);
        a.hearsAgain();
        nodes.rounds(4);
        assertThat(a.canary.problem()).isEmpty();
    }

    @Test
    void shouldNotBeReadyWhenOneStaysUnheardWhomMostHear() {
        nodes.rounds(5);
        a.isHopeless();
        a.hearsNothingOf("b");

        nodes.rounds(60);

        assertThat(a.canary.problem()).isPresent();
        assertThat(b.canary.problem()).isEmpty();
        assertThat(c.canary.problem()).isEmpty();
    }

    @Test
    void shouldStayReadyWhenTheSilentOneIsTheOnlyOther() {
        CanaryNodes two = new CanaryNodes("a", "b");
        two.rounds(5);
        two.node("a").hearsNothingOf("b");

        two.rounds(200);

        assertThat(two.node("a").canary.problem()).isEmpty();
        assertThat(two.node("a").listened()).as("tried, more and more rarely").isBetween(3, 9);
    }

    @Test
    void shouldForgetANodeThatLeft() {
        nodes.rounds(5);
        assertThat(a.hasRowOf("b")).isTrue();

        nodes.leave("b");
        nodes.rounds(20);

        assertThat(a.hasRowOf("b")).isFalse();
        assertThat(a.hasRowOf("c")).isTrue();
        assertThat(a.listened()).isEqualTo(1);
    }

    /** It is still a member while it hands its data over. */
    @Test
    void shouldNotWonderAboutTheSilenceOfOneThatStops() {
        CanaryNodes two = new CanaryNodes("a", "b");
        two.node("a").wants(7);
        two.rounds(5);

        two.node("b").canary.close();
        two.rounds(100);

        assertThat(two.node("a").listened()).isEqualTo(1);
        assertThat(two.node("a").counted(LOST, "b")).isZero();
        assertThat(two.node("a").renewed(7)).isZero();
    }

    @Test
    void shouldLoseNothingWhenShardsComeAndGo() {
        for (int i = 0; i < 20; i++) {
            a.wants(7);
            nodes.rounds(1 + i % 4);
            a.noLongerWants(7);
            nodes.rounds(1 + i % 3);
        }

        assertThat(a.counted(LOST, "b")).isZero();
        assertThat(a.counted(ARRIVED, "b")).isPositive();
        assertThat(a.renewed(7)).isZero();
    }

    /** The other does not know yet, and goes on to probe. */
    @Test
    void shouldNotMissProbesOfAShardThatItNoLongerWants() {
        a.wants(7);
        nodes.rounds(5);
        b.hearsNothingOf("a");
        a.noLongerWants(7);

        nodes.rounds(10);

        assertThat(a.counted(LOST, "b")).isZero();
        assertThat(a.renewed(7)).isZero();
    }

    @Test
    void shouldSendACallAndAProbeForEachShardThatOthersWant() {
        a.wants(1).wants(2);
        b.wants(2);
        nodes.rounds(5);
        int before = c.sent();

        nodes.rounds(10);

        assertThat(c.sent() - before).isEqualTo(10 * 3);
    }

    @Test
    void shouldSendNothingWhenItIsAlone() {
        CanaryNodes one = new CanaryNodes("a");

        one.rounds(10);

        assertThat(one.node("a").sent()).isZero();
    }

    @Test
    void shouldRefuseWhatIsOutOfBounds() {
        assertThat(new CanaryOptions(Duration.ZERO, 0).isOn()).isFalse();
        assertThatThrownBy(() -> new CanaryOptions(Duration.ofMillis(499), 3))
                .hasMessageContaining("gateway.canary.interval");
        assertThatThrownBy(() -> new CanaryOptions(Duration.ofSeconds(61), 3))
                .hasMessageContaining("gateway.canary.interval");
        assertThatThrownBy(() -> new CanaryOptions(Duration.ofSeconds(2), 6))
                .hasMessageContaining("gateway.canary.repairs");
        assertThatThrownBy(() -> new CanaryOptions(Duration.ofSeconds(2), -1))
                .hasMessageContaining("gateway.canary.repairs");
    }
}
