// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against figures computed by hand, with round costs. */
class PlannerTest {

    private static final Map<String, Integer> ROUND = Map.ofEntries(
            Map.entry("session.bytes", 10_000),
            Map.entry("session.kernel.bytes", 1_000),
            Map.entry("subscription.bytes", 100),
            Map.entry("node.bytes", 100_000_000),
            Map.entry("heap.headroom.factor", 2),
            Map.entry("buffer.event.bytes", 50),
            Map.entry("log.event.bytes", 100),
            Map.entry("frame.cpu.ns", 5_000),
            Map.entry("byte.cpu.ns", 1),
            Map.entry("delivery.cpu.ns", 1_000),
            Map.entry("push.cpu.ns", 1_000),
            Map.entry("commit.cpu.ns", 2_000),
            Map.entry("frame.bytes", 100),
            Map.entry("push.bytes", 100),
            Map.entry("segment.payload.bytes", 1_000),
            Map.entry("segment.bytes", 50),
            Map.entry("log.events", 1_000),
            Map.entry("log.seconds", 100),
            Map.entry("session.cpu.ns", 300));

    private static final Load LOAD = new Load(100_000, 10, 2, 1, 20, 400, 2);
    private static final NodeSize SIZE = new NodeSize(2e9, 1, 1e9, 0.8, 1);

    private final Planner planner = new Planner(costs(Map.of()), SIZE);

    private static Costs costs(Map<String, Integer> others) {
        Map<String, Integer> values = new TreeMap<>(ROUND);
        values.putAll(others);
        StringBuilder lines = new StringBuilder();
        values.forEach((name, value) ->
                lines.append(name + "=" + value + "\n" + name + ".kind=assumed\n" + name + ".source=x\n"));
        try {
            return Costs.read(new StringReader(lines.toString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void shouldAddUpWhatOneOfFourNodesBears() {
        NodeLoad node = planner.perNode(LOAD, 4);

        assertThat(node.sessions()).isEqualTo(25_000);
        assertThat(node.streams()).isCloseTo(20, within(1e-9));
        // 20 buffers of 1 000 events of 450 B
        assertThat(node.bufferBytes()).isCloseTo(9e6, within(1.0));
        // 100 MB, twice: 25 000 sessions of 10.1 KB, 20 buffers of 1 000 events of 450 B, and half of 20 000 events of
        // 500 B;
        // 1 KB a socket
        assertThat(node.memoryBytes()).isCloseTo(100e6 + 2 * (252.5e6 + 9e6 + 5e6) + 25e6, within(1.0));
        // 25 000 sessions of 300 ns, 125 000 frames of 6 us, 112.5 MB of 1 ns, 200 pushes of 1 us, 50 commits of 2 us
        assertThat(node.cores()).isCloseTo(0.0075 + 0.75 + 0.1125 + 0.0002 + 0.0001, within(1e-9));
        // frames of 900 + 50 B; two copies of 50 and 200 pushes of 400 + 100 + 50 B
        assertThat(node.outBitsPerSecond()).isCloseTo(8 * (118_750_000.0 + 55_000 + 110_000), within(1.0));
        // 50 events of 400 + 50 B, and what another node sends
        assertThat(node.inBitsPerSecond()).isCloseTo(8 * (22_500.0 + 55_000 + 110_000), within(1.0));
    }

    @Test
    void shouldPlanOneNodeMoreThanBearTheLoad() {
        Planner.Plan plan = planner.plan(LOAD);

        // Of 0.8 Gbit/s, four need 0.951 each and five 0.761.
        assertThat(plan.nodes()).isEqualTo(6);
        assertThat(plan.oneLost()).isEqualTo(planner.perNode(LOAD, 5));
        assertThat(plan.normal()).isEqualTo(planner.perNode(LOAD, 6));
        assertThat(plan.oneLost().limit(SIZE)).isEqualTo("network");
    }

    @Test
    void shouldHoldOnlyStreamsThatSomebodyListensTo() {
        Load few = new Load(10, 10, 1, 1, 1, 100, 1);

        assertThat(planner.perNode(few, 4).streams())
                .as("one session each, on one of four nodes")
                .isCloseTo(2.5, within(1e-9));
    }

    @Test
    void shouldKeepWhatTheLogKeepsAndNoMore() {
        double quiet =
                planner.perNode(new Load(100_000, 10, 2, 1, 2, 400, 2), 4).memoryBytes();

        // A tenth of the events a second: 100 events of a stream, not 1 000.
        assertThat(quiet).isCloseTo(100e6 + 2 * (252.5e6 + 0.9e6 + 0.5e6) + 25e6, within(1.0));
    }

    @Test
    void shouldNameWhatRunsOutFirst() {
        NodeSize small = new NodeSize(600e6, 8, 1e11, 0.8, 1);
        NodeSize slow = new NodeSize(1e12, 0.5, 1e11, 0.8, 1);

        assertThat(new Planner(costs(Map.of()), small).plan(LOAD).oneLost().limit(small))
                .isEqualTo("memory");
        assertThat(new Planner(costs(Map.of()), slow).plan(LOAD).oneLost().limit(slow))
                .isEqualTo("CPU");
    }

    @Test
    void shouldPlanThreeNodesForTheSmallestLoadAndFourForTwoBackups() {
        Load tiny = new Load(1, 1, 1, 1, 0, 100, 1);

        assertThat(planner.plan(tiny).nodes()).isEqualTo(3);
        assertThat(new Planner(costs(Map.of()), new NodeSize(2e9, 1, 1e9, 0.8, 2))
                        .plan(tiny)
                        .nodes())
                .isEqualTo(4);
    }

    @Test
    void shouldPlanOtherwiseWhenACostIsMeasuredAnew() {
        Costs dearer = costs(Map.of("segment.bytes", 1_000));

        assertThat(new Planner(dearer, SIZE).plan(LOAD).nodes()).isGreaterThan(10);
    }

    @Test
    void shouldSayWhenMoreNodesDoNotHelp() {
        Load flood = new Load(1e6, 1e6, 1, 1, 1_000, 400, 1);

        assertThatThrownBy(() -> planner.plan(flood))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not even 1000 nodes");
    }

    @ParameterizedTest
    @CsvSource({
        "250000,250000",
        "1e6,1000000",
        "250k,250000",
        "1_000,1000",
        "16GiB,17179869184",
        "10Gbit,10000000000",
        "60%,0.6",
        "512B,512",
        "1.5KB,1500"
    })
    void shouldReadNumbersAsPeopleWriteThem(String text, double value) {
        assertThat(Quantity.parse(text)).isCloseTo(value, within(1e-9));
    }

    @Test
    void shouldDrawUpToTenMillionSessions() {
        Planner large = new Planner(costs(Map.of()), new NodeSize(256e9, 64, 100e9, 0.8, 1));
        String svg = new PlanPlot(large, LOAD).svg();

        assertThat(svg).startsWith("<svg xmlns=\"http://www.w3.org/2000/svg\"").endsWith("</svg>\n");
        assertThat(svg.split("stroke=\"#0a58ca\"", -1)).as("three curves").hasSize(4);
        assertThat(svg)
                .contains(">1e7<", "Nodes, one to spare", "Memory of all nodes, GB", "Sent by all nodes, Gbit/s");
        int nodes = large.plan(LOAD.times(100)).nodes();
        assertThat(svg).as("the highest tick is what ten million need").contains(">" + nodes + "<");
        assertThat(svg).as("the curve ends at the right").containsPattern("L700\\.0 60\\.0\"");
    }
}
