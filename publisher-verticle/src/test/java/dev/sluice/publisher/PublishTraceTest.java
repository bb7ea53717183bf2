// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.Event;
import dev.sluice.stream.EventParser;
import dev.sluice.stream.StreamKey;
import dev.sluice.stream.bus.CommittedBatch.Traced;
import dev.sluice.stream.log.Commit;
import dev.sluice.stream.trace.RecordedTracing;
import dev.sluice.stream.trace.RecordedTracing.Recorded;
import dev.sluice.stream.trace.TraceAttributes;
import dev.sluice.stream.trace.TraceContext;
import dev.sluice.stream.trace.TraceStep;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which publishes make which spans, and what goes on to the gateways and the subscribers. */
class PublishTraceTest {

    private static final StreamKey FINANCE = new StreamKey("acme", "finance");
    private static final TraceContext CALLER = new TraceContext(1, 2, 3, (byte) 1);
    private static final TraceContext OWN = new TraceContext(4, 5, 6, (byte) 1);
    private static final TraceContext UNSAMPLED = new TraceContext(7, 8, 9, (byte) 0);

    private final RecordedTracing tracing = new RecordedTracing(false);
    private final PublisherBench bench = new PublisherBench(tracing);

    private static Event event(int number, TraceContext own) {
        String json = TestEvents.json(FINANCE, Integer.toString(number));
        return EventParser.parse(
                ("{\"traceparent\":\"" + own + "\"," + json.substring(1)).getBytes(StandardCharsets.UTF_8));
    }

    private static Event event(int number) {
        return TestEvents.event(FINANCE, number);
    }

    private Recorded only(TraceStep step) {
        assertThat(tracing.spans(step)).hasSize(1);
        return tracing.spans(step).get(0);
    }

    private List<Traced> pushed() {
        return bench.pushes.get(0).runs().get(0).traces();
    }

    private String pushedJson(int index) {
        return new String(bench.pushes.get(0).runs().get(0).events().get(index), StandardCharsets.UTF_8);
    }

    @Test
    void shouldMakeSpansInTheEventsOwnTraceAndLeaveItsBytesAlone() {
        Event event = event(1, OWN);

        bench.submit(event);

        Recorded publish = only(TraceStep.PUBLISH);
        assertThat(publish.parent()).hasValue(OWN);
        assertThat(publish.outcome()).isEqualTo("ok");
        assertThat(publish.attributes())
                .containsEntry(TraceAttributes.MESSAGE_ID, "1")
                .containsEntry(TraceAttributes.SEQ, 1L)
                .doesNotContainKey(TraceAttributes.DUPLICATE);
        Recorded commit = only(TraceStep.COMMIT);
        assertThat(commit.parent()).hasValue(publish.context());
        assertThat(commit.outcome()).isEqualTo("ok");
        assertThat(commit.attributes())
                .containsEntry(TraceAttributes.COMMIT_ATTEMPTS, 1L)
                .containsEntry(TraceAttributes.COMMIT_EVENTS, 1L)
                .containsEntry(TraceAttributes.SHARD, (long) FINANCE.shard(4));
        assertThat(pushed()).containsExactly(new Traced(0, 1, publish.context()));
        assertThat(pushedJson(0)).isEqualTo(new String(event.json(), StandardCharsets.UTF_8));
    }

    @Test
    void shouldGiveAnEventTheTraceOfItsCallerToCarry() {
        bench.publisher.submit(event(1), Optional.of(CALLER));
        bench.loop.run();

        assertThat(only(TraceStep.PUBLISH).parent()).hasValue(CALLER);
        assertThat(EventParser.parse(pushedJson(0).getBytes(StandardCharsets.UTF_8))
                        .traceparent())
                .as("where the trace comes from, not a span of ours (CloudEvents, distributed tracing)")
                .hasValue(CALLER.toString());
    }

    @Test
    void shouldBelongToTheCallerAndLinkTheEventsOwnTrace() {
        bench.publisher.submit(event(1, OWN), Optional.of(CALLER));
        bench.loop.run();

        assertThat(only(TraceStep.PUBLISH).parent()).hasValue(CALLER);
        assertThat(only(TraceStep.PUBLISH).link()).hasValue(OWN);
        assertThat(pushedJson(0)).contains(OWN.toString()).doesNotContain(CALLER.toString());
    }

    @Test
    void shouldMakeNothingWhenNothingIsSampled() {
        bench.submit(event(1, UNSAMPLED));
        bench.publisher.submit(event(2), Optional.of(UNSAMPLED));
        bench.loop.run();
        bench.submit(event(3));

        assertThat(tracing.spans()).isEmpty();
        assertThat(tracing.asked()).as("only for what belongs to no trace").isEqualTo(1);
        assertThat(bench.pushes).hasSize(3).allSatisfy(push -> {
            assertThat(push.runs().get(0).traces()).isEmpty();
            assertThat(new String(push.runs().get(0).events().get(0), StandardCharsets.UTF_8))
                    .doesNotContain(UNSAMPLED.traceId() + "-" + UNSAMPLED.spanId() + "-01");
        });
    }

    @Test
    void shouldTraceTheSampledEventAlthoughItsCallerIsNotSampled() {
        bench.publisher.submit(event(1, OWN), Optional.of(UNSAMPLED));
        bench.loop.run();

        assertThat(only(TraceStep.PUBLISH).parent()).hasValue(OWN);
    }

    @Test
    void shouldBeginATraceByTheRatio() {
        RecordedTracing all = new RecordedTracing(true);
        PublisherBench sampled = new PublisherBench(all);

        sampled.submit(event(1));

        Recorded publish = all.spans(TraceStep.PUBLISH).get(0);
        assertThat(publish.parent()).isEmpty();
        assertThat(new String(sampled.pushes.get(0).runs().get(0).events().get(0), StandardCharsets.UTF_8))
                .contains("\"traceparent\":\"" + publish.context() + "\"");
    }

    @Test
    void shouldMakeOneSpanOfABatchWhoseCallerIsTraced() {
        bench.publisher.submitAll(List.of(event(1), event(2, OWN), event(3)), Optional.of(CALLER));
        bench.loop.run();

        List<Recorded> publishes = tracing.spans(TraceStep.PUBLISH);
        assertThat(publishes).hasSize(2);
        Recorded own = publishes.get(0);
        Recorded shared = publishes.get(1);
        assertThat(shared.attributes())
                .containsEntry(TraceAttributes.BATCH_COUNT, 2L)
                .doesNotContainKeys(TraceAttributes.MESSAGE_ID, TraceAttributes.SEQ);
        assertThat(tracing.spans(TraceStep.COMMIT)).hasSize(2);
        assertThat(pushed())
                .containsExactly(
                        new Traced(0, 1, shared.context()),
                        new Traced(1, 1, own.context()),
                        new Traced(2, 1, shared.context()));
    }

    @Test
    void shouldSayOnceToTheGatewaysThatABatchIsTraced() {
        bench.publisher.submitAll(TestEvents.events(FINANCE, 1, 5), Optional.of(CALLER));
        bench.loop.run();

        assertThat(pushed())
                .containsExactly(new Traced(4, 5, only(TraceStep.PUBLISH).context()));
        assertThat(tracing.spans(TraceStep.COMMIT)).hasSize(1);
    }

    @Test
    void shouldRefuseNoBatchForBeingTraced() {
        int bytes = Commit.MAX_BYTES / 20;
        List<Event> events = java.util.stream.IntStream.range(0, 20)
                .mapToObj(i -> TestEvents.sized(FINANCE, i, bytes))
                .toList();

        bench.publisher.submitAll(events, Optional.of(CALLER));
        bench.loop.run();

        assertThat(only(TraceStep.PUBLISH).outcome()).isEqualTo("ok");
        assertThat(pushed()).hasSize(1);
        assertThat(pushedJson(0)).doesNotContain("traceparent");
    }

    @Test
    void shouldTellThatAnEventStoodThereAlready() {
        bench.submit(event(1));
        bench.submit(event(1, OWN));

        assertThat(only(TraceStep.PUBLISH).attributes()).containsEntry(TraceAttributes.DUPLICATE, "true");
        assertThat(bench.pushes).hasSize(1);
    }

    @Test
    void shouldEndAsFailedWhatIsRefused() {
        bench.publisher.close();
        bench.loop.run();

        bench.submit(event(1, OWN));

        assertThat(only(TraceStep.PUBLISH).outcome()).isEqualTo("PublishUnavailableException");
        assertThat(tracing.spans(TraceStep.COMMIT)).isEmpty();
    }
}
