// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.hub;

import static dev.sluice.gateway.simulation.Simulation.FINANCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.simulation.FakeOutput;
import dev.sluice.gateway.simulation.Simulation;
import dev.sluice.gateway.simulation.TestClient;
import dev.sluice.stream.bus.CommittedBatch;
import dev.sluice.stream.bus.CommittedBatch.Run;
import dev.sluice.stream.bus.CommittedBatch.Traced;
import dev.sluice.stream.log.ShardVersion;
import dev.sluice.stream.trace.RecordedTracing;
import dev.sluice.stream.trace.RecordedTracing.Recorded;
import dev.sluice.stream.trace.TraceAttributes;
import dev.sluice.stream.trace.TraceContext;
import dev.sluice.stream.trace.TraceStep;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One span for an event and a node, however many sessions there are. */
class TracedDeliveriesTest {

    private static final TraceContext PUBLISH = new TraceContext(1, 2, 3, (byte) 1);

    private static final String EVENT = "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\"}";

    private final RecordedTracing tracing = new RecordedTracing(false);
    private final Simulation simulation =
            Simulation.with().sessionLoops(2).tracing(tracing).create();
    private int pushes;
    private long seq;

    /** A push of so many events, on its way. */
    private void push(int count, Traced... traced) {
        ShardVersion before = simulation.log().version(0).result();
        pushes++;
        Run run = new Run(
                FINANCE,
                simulation.log().peek(FINANCE, 1).epoch(),
                seq + 1,
                Collections.nCopies(count, EVENT.getBytes(StandardCharsets.UTF_8)),
                List.of(traced));
        seq += count;
        simulation
                .bus()
                .deliver(new CommittedBatch(
                        0,
                        new ShardVersion(before.incarnation(), before.number() + pushes),
                        simulation.time().millis(),
                        List.of(run)));
    }

    private void connect(int sessions, int loop) {
        for (int i = 0; i < sessions; i++) {
            TestClient.connect(simulation, loop).handshake("finance");
        }
        simulation.time().settle();
    }

    private Recorded only() {
        assertThat(tracing.spans()).hasSize(1);
        return tracing.spans().get(0);
    }

    @Test
    void shouldMakeOneSpanWithTheSessionsOfAllLoopsAndEndItWhenTheLastLoopIsDone() {
        connect(3, 0);
        connect(2, 1);

        push(1, new Traced(0, 1, PUBLISH));
        simulation.node().runHub();

        assertThat(only().outcome()).as("while the sessions are served").isEmpty();
        simulation.time().settle();
        assertThat(only().step()).isEqualTo(TraceStep.DELIVER);
        assertThat(only().parent()).hasValue(PUBLISH);
        assertThat(only().outcome()).isEqualTo("ok");
        assertThat(only().attributes())
                .containsEntry(TraceAttributes.SESSIONS_DELIVERED, 5L)
                .containsEntry(TraceAttributes.SESSIONS_BEHIND, 0L)
                .containsEntry(TraceAttributes.SEQ, 1L)
                .doesNotContainKey(TraceAttributes.BATCH_COUNT);
    }

    @Test
    void shouldTellWhoIsBehind() {
        connect(2, 0);
        FakeOutput full = new FakeOutput();
        TestClient.connect(simulation, full).handshake("finance");
        simulation.time().settle();
        full.fill();

        push(1, new Traced(0, 1, PUBLISH));
        simulation.time().settle();

        assertThat(only().outcome()).isEqualTo("ok");
        assertThat(only().attributes())
                .containsEntry(TraceAttributes.SESSIONS_DELIVERED, 2L)
                .containsEntry(TraceAttributes.SESSIONS_BEHIND, 1L);
    }

    @Test
    void shouldMakeASpanForEachTracedEventAndOneForABatch() {
        connect(1, 0);

        push(5, new Traced(1, 1, PUBLISH), new Traced(4, 3, PUBLISH));
        simulation.time().settle();

        assertThat(tracing.spans())
                .extracting(span -> span.attributes().get(TraceAttributes.SEQ))
                .containsExactly(2L, 5L);
        assertThat(tracing.spans().get(1).attributes()).containsEntry(TraceAttributes.BATCH_COUNT, 3L);
        assertThat(tracing.spans())
                .allSatisfy(span -> assertThat(span.outcome()).isEqualTo("ok"));
    }

    @Test
    void shouldMakeNoneForWhatWasThereAlreadyOrIsNotTracedOrNobodyHears() {
        connect(1, 0);
        push(2);
        simulation.time().settle();
        seq = 0;
        push(2, new Traced(1, 1, PUBLISH));
        simulation.time().settle();

        assertThat(tracing.spans()).isEmpty();
    }

    @Test
    void shouldMakeOneForTheNewEventsOnlyOfAPushThatIsPartlyKnown() {
        connect(1, 0);
        push(2);
        simulation.time().settle();
        seq = 0;
        push(3, new Traced(1, 1, PUBLISH), new Traced(2, 1, PUBLISH));
        simulation.time().settle();

        assertThat(only().attributes()).containsEntry(TraceAttributes.SEQ, 3L);
    }

    @Test
    void shouldEndWithoutTheLoopThatHangs() {
        connect(1, 0);
        connect(1, 1);
        simulation.node().loop(1).freeze();

        push(1, new Traced(0, 1, PUBLISH));
        simulation.time().settle();
        assertThat(only().outcome()).isEmpty();
        simulation.time().advance(TracedDeliveries.PATIENCE_MS + 1_000);

        assertThat(only().outcome()).isEqualTo("ok");
        assertThat(only().attributes()).containsEntry(TraceAttributes.SESSIONS_DELIVERED, 1L);
    }

    @Test
    void shouldHoldABoundedNumberOfThem() {
        connect(1, 0);
        simulation.node().loop(0).freeze();

        for (int i = 0; i < TracedDeliveries.MAX_OPEN + 5; i++) {
            push(1, new Traced(0, 1, PUBLISH));
        }
        simulation.time().settle();
        assertThat(tracing.spans()).hasSize(TracedDeliveries.MAX_OPEN);
        simulation.node().loop(0).thaw();
        simulation.time().settle();
        push(1, new Traced(0, 1, PUBLISH));
        simulation.time().settle();

        assertThat(tracing.spans()).hasSize(TracedDeliveries.MAX_OPEN + 1).allSatisfy(span -> assertThat(span.outcome())
                .isEqualTo("ok"));
        Future<StreamFeed> feed = simulation.node().hub().attach(FINANCE);
        simulation.time().settle();
        assertThat(feed.result().traced()).as("what is over is forgotten").isEmpty();
    }
}
