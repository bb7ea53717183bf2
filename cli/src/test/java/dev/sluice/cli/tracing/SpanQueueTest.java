// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli.tracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.stream.StreamKey;
import dev.sluice.stream.trace.TraceStep;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.vertx.core.Vertx;
import java.net.URI;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The queue of spans is bounded, nobody waits for a collector, and what became of each span is counted. */
@Timeout(120)
class SpanQueueTest {

    private static final int QUEUE = 512;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final StreamKey FINANCE = new StreamKey("acme", "finance");

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Collector collector = new Collector();
    private final Vertx vertx = Vertx.vertx();
    private final TracingExport export = new TracingExport(
            collector,
            new TracingOptions(true, URI.create("http://collector/v1/traces"), Optional.empty(), 1, QUEUE),
            "node-7",
            "1.2.3",
            new SpanMeters(registry));

    /** Answers when it is told to. */
    private static final class Collector implements SpanExporter {
        private final List<SpanData> taken = new CopyOnWriteArrayList<>();
        private volatile CompletableResultCode answer = CompletableResultCode.ofSuccess();

        @Override
        public CompletableResultCode export(Collection<SpanData> spans) {
            taken.addAll(spans);
            return answer;
        }

        @Override
        public CompletableResultCode flush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }
    }

    @AfterEach
    void close() throws Exception {
        collector.answer = CompletableResultCode.ofSuccess();
        vertx.close().await(30, TimeUnit.SECONDS);
    }

    private void trace(int spans) {
        for (int i = 0; i < spans; i++) {
            export.tracing().start(TraceStep.PUBLISH, FINANCE, Optional.empty()).end();
        }
    }

    private double count(String outcome) {
        return registry.get("sluice.tracing.spans")
                .tag("outcome", outcome)
                .counter()
                .count();
    }

    @Test
    void shouldSendWhatIsLeftWhenItIsClosedAndTellWhoItIs() throws Exception {
        trace(3);

        export.close(vertx).await(30, TimeUnit.SECONDS);

        assertThat(collector.taken).hasSize(3).allSatisfy(span -> assertThat(
                        span.getResource().getAttributes().asMap())
                .containsEntry(AttributeKey.stringKey("service.name"), "sluice")
                .containsEntry(AttributeKey.stringKey("service.instance.id"), "node-7")
                .containsEntry(AttributeKey.stringKey("service.version"), "1.2.3"));
        assertThat(count("exported")).isEqualTo(3);
        assertThat(count("dropped")).isZero();
        assertThat(count("failed")).isZero();
    }

    @Test
    void shouldDropWhatFindsNoRoomAndWaitForNobody() throws Exception {
        CompletableResultCode never = new CompletableResultCode();
        collector.answer = never;
        trace(QUEUE);
        await().atMost(PATIENCE).until(() -> !collector.taken.isEmpty());
        int underWay = collector.taken.size();

        trace(QUEUE + 100); // the whole queue, and more

        assertThat(count("dropped")).isEqualTo(QUEUE + 100.0 - underWay);
        assertThat(count("exported")).isZero();
        long before = System.nanoTime();
        export.close(vertx).await(30, TimeUnit.SECONDS);
        assertThat(Duration.ofNanos(System.nanoTime() - before))
                .isGreaterThanOrEqualTo(TracingExport.FLUSH_TIMEOUT.minusMillis(100))
                .isLessThan(PATIENCE);
        never.fail();
    }

    @Test
    void shouldCountWhatTheCollectorDoesNotTake() throws Exception {
        collector.answer = CompletableResultCode.ofFailure();
        trace(2);

        export.close(vertx).await(30, TimeUnit.SECONDS);

        assertThat(count("failed")).isEqualTo(2);
        assertThat(count("exported")).isZero();
    }
}
