// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.loop.FairTurns;
import dev.sluice.gateway.ops.GatewayMetrics;
import dev.sluice.gateway.replay.FrameEncoder;
import dev.sluice.gateway.simulation.Simulation;
import dev.sluice.stream.StreamKey;
import dev.sluice.stream.bus.CommittedBatch.Run;
import dev.sluice.stream.trace.Tracing;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Events that cannot be made into a frame: here because the deflater refuses, having been closed. */
class BrokenEncodingTest {

    private static final String EPOCH = "e1";
    private static final StreamKey BROKEN = new StreamKey("broken", "finance");
    private static final StreamKey OTHER = new StreamKey("other", "finance");

    private final Simulation simulation = Simulation.with().create();
    private final FrameEncoder encoder = new FrameEncoder(0, 6);
    private final HubResources resources = new HubResources(
            simulation.time().loop(),
            new FairTurns(simulation.time().loop(), () -> {}),
            simulation.log(),
            new LogReads(simulation.time().loop(), simulation.log()),
            HubOptions.defaults(),
            encoder,
            new GatewayMetrics(new SimpleMeterRegistry()).hub(),
            new TracedDeliveries(Tracing.OFF, simulation.time().loop()));
    private final FeedWriter broken = writer(BROKEN);
    private final FeedWriter other = writer(OTHER);
    private final List<Long> heads = new ArrayList<>();

    private FeedWriter writer(StreamKey key) {
        FeedWriter writer = new FeedWriter(key, resources, () -> {});
        writer.restart(EPOCH, 0, 1);
        return writer;
    }

    private static Run run(StreamKey key, long seq) {
        return new Run(key, EPOCH, seq, List.of("{\"id\":1}".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void shouldSkipWhatCannotBeEncodedAndGoOnWithTheNextEventAndTheOtherOrgs() {
        broken.feed().addListener(feed -> heads.add(feed.buffer().head()));
        broken.feed().countDeflating(1);
        encoder.close();

        broken.accept(run(BROKEN, 1), 10);
        broken.accept(run(BROKEN, 2), 11);
        other.accept(run(OTHER, 1), 12);
        simulation.time().settle();

        assertThat(other.feed().buffer().head())
                .as("another org in the same turn")
                .isEqualTo(1);
        assertThat(broken.accepted()).isEqualTo(2);
        assertThat(broken.hasMore()).as("would be tried for ever").isFalse();
        assertThat(broken.feed().buffer().head()).isEqualTo(2);
        assertThat(broken.feed().buffer().oldest())
                .as("a session looks for what is missing in the log")
                .isEqualTo(3);
        assertThat(heads).as("the sessions were told").containsExactly(2L);

        broken.feed().countDeflating(-1);
        broken.accept(run(BROKEN, 3), 13);
        simulation.time().settle();

        assertThat(broken.feed().buffer().range(2, 3, 1 << 10).events()).hasSize(1);
        assertThat(heads).containsExactly(2L, 3L);
    }

    @Test
    void shouldSkipItAlsoWhenSomebodyNeedsItAtOnce() {
        broken.feed().countDeflating(1);
        encoder.close();

        broken.accept(run(BROKEN, 1), 10);

        assertThat(broken.known().orElseThrow().seq()).isEqualTo(1);
        assertThat(broken.feed().buffer().head()).isEqualTo(1);
        assertThat(broken.hasMore()).isFalse();
        simulation.time().settle();
    }
}
