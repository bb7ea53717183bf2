// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.sluice.gateway.replay.EventFrame;
import dev.sluice.gateway.replay.FrameEncoder;
import dev.sluice.stream.StreamKey;
import dev.sluice.stream.bus.CommittedBatch;
import dev.sluice.stream.bus.CommittedBatchCodec;
import dev.sluice.stream.log.ShardVersion;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each constant has a source, and those that the code decides are what it does. */
class CostsTest {

    private static final String EPOCH = "123456789012";
    private static final byte[] EVENT = new byte[200];

    private final Costs costs = Costs.builtIn();

    @TempDir
    Path folder;

    @Test
    void shouldSayOfEveryConstantWhereItIsFrom() {
        assertThat(costs.all()).hasSizeGreaterThan(15).allSatisfy((name, cost) -> {
            assertThat(cost.source()).as(name).hasSizeGreaterThan(20);
            if (cost.kind().equals("measured")) {
                assertThat(cost.source()).as(name).contains("commit ").contains("JDK ");
            }
        });
    }

    @Test
    void shouldKnowWhatAFrameAddsToItsEvents() {
        try (FrameEncoder encoder = new FrameEncoder(1 << 20, 6)) {
            EventFrame frame =
                    encoder.encode("finance", EPOCH, 12_345_678, List.of(EVENT), 1_763_747_000_000L, false, false);

            assertThat(costs.get("frame.bytes")).isEqualTo(frame.bytes().length - frame.frameStart() - EVENT.length);
        }
    }

    @Test
    void shouldKnowWhatAPushAddsToItsEvent() {
        Buffer buffer = Buffer.buffer();
        new CommittedBatchCodec()
                .encodeToWire(
                        buffer,
                        new CommittedBatch(
                                7,
                                new ShardVersion(1, 2),
                                3,
                                List.of(new CommittedBatch.Run(
                                        new StreamKey("acme-eu", "finance"), EPOCH, 1, List.of(EVENT)))));

        assertThat(buffer.length() - EVENT.length).isEqualTo(87);
        assertThat(costs.get("push.bytes")).isEqualTo(87 + 90);
    }

    /** One core, three nodes on two: what the rows of docs/benchmarks/README.md say of the commits that costs.properties names. */
    @Test
    void shouldReckonTheScenariosAsTheyWereMeasured() {
        Planner planner = new Planner(costs, new NodeSize(16e9, 2, 1e10, 0.6, 1));

        NodeLoad single = planner.perNode(new Load(1_000, 1, 1, 1, 100, 256, 1), 1);
        assertThat(single.cores()).as("B2: cores").isCloseTo(0.93, withinPercentage(2));
        NodeLoad batches = planner.perNode(new Load(1_000, 1, 1, 1, 5_868, 256, 58.3), 1);
        assertThat(batches.cores()).as("B1: one core, its publishes included").isBetween(1.0, 1.3);
        NodeLoad idle = planner.perNode(new Load(15_000, 150, 3, 3, 0, 256, 1), 1);
        assertThat(idle.cores()).as("B4: cores").isCloseTo(0.153, withinPercentage(2));
        double ofSockets = 15_000 * costs.get("session.kernel.bytes");
        double ofSessions =
                (idle.memoryBytes() - ofSockets - costs.get("node.bytes")) / costs.get("heap.headroom.factor");
        assertThat(costs.get("node.bytes") + ofSessions).as("B4: RSS").isCloseTo(411e6, withinPercentage(2));
        assertThat(ofSockets).as("B4: half of the kernel's memory").isCloseTo(155e6 / 2, withinPercentage(2));
        NodeLoad publishing = planner.perNode(new Load(1, 64, 1, 1, 132_301 / 64.0, 256, 1), 3);
        assertThat(3 * publishing.cores()).as("B5: cores of three nodes").isCloseTo(1.72, withinPercentage(2));
    }

    @Test
    void shouldRefuseAConstantWithoutASourceOrWithoutAValue() throws IOException {
        assertThatThrownBy(() -> Costs.read(new StringReader("a=1\n"))).hasMessageStartingWith("a must say a.kind");
        assertThatThrownBy(() -> Costs.read(new StringReader("a=1\na.kind=guessed\na.source=x\n")))
                .hasMessageContaining("measured, specified or assumed");
        assertThatThrownBy(() -> Costs.read(new StringReader("a=-1\na.kind=measured\na.source=x\n")))
                .hasMessage("a must be a positive number, is -1");
        assertThatThrownBy(() -> Costs.read(new StringReader("a=x\na.kind=measured\na.source=x\n")))
                .hasMessage("a must be a positive number, is x");
        Path file = Files.writeString(folder.resolve("costs"), "a=1\na.kind=measured\na.source=x\n");
        assertThatThrownBy(() -> Costs.of(file)).hasMessageStartingWith("there is no cost ");
    }
}
