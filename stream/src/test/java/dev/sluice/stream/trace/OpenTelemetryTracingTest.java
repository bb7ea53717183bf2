// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.trace;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.StreamKey;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OpenTelemetryTracingTest {

    private static final StreamKey FINANCE = new StreamKey("acme", "finance");
    private static final TraceContext CALLER = TraceContext.parse(
                    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
            .orElseThrow();

    private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
    private final SdkTracerProvider provider = SdkTracerProvider.builder()
            .addSpanProcessor(SimpleSpanProcessor.create(exporter))
            .build();

    @AfterEach
    void close() {
        provider.close();
    }

    private OpenTelemetryTracing tracing(double ratio) {
        return new OpenTelemetryTracing(provider.get(OpenTelemetryTracing.SCOPE), ratio);
    }

    private SpanData only() {
        assertThat(exporter.getFinishedSpanItems()).hasSize(1);
        return exporter.getFinishedSpanItems().get(0);
    }

    @Test
    void shouldMakeASpanOfTheCallersTraceByTheConventions() {
        TraceSpan span = tracing(0).start(TraceStep.PUBLISH, FINANCE, Optional.of(CALLER));
        span.with("n", 5).with("text", "x").end();

        SpanData data = only();
        assertThat(data.getName()).isEqualTo("publish finance");
        assertThat(data.getKind()).isEqualTo(SpanKind.PRODUCER);
        assertThat(data.getTraceId()).isEqualTo(CALLER.traceId());
        assertThat(data.getParentSpanId()).isEqualTo(CALLER.spanId());
        assertThat(data.getSpanContext().getSpanId()).isEqualTo(span.context().spanId());
        assertThat(span.context().traceId()).isEqualTo(CALLER.traceId());
        assertThat(data.getAttributes().asMap())
                .containsEntry(AttributeKey.stringKey("messaging.system"), "sluice")
                .containsEntry(AttributeKey.stringKey("messaging.operation.name"), "publish")
                .containsEntry(AttributeKey.stringKey("messaging.operation.type"), "send")
                .containsEntry(AttributeKey.stringKey("messaging.destination.name"), "finance")
                .containsEntry(AttributeKey.longKey("n"), 5L)
                .containsEntry(AttributeKey.stringKey("text"), "x")
                .doesNotContainValue("acme");
    }

    @Test
    void shouldTellAFailureAndTheOtherTrace() {
        TraceContext other = new TraceContext(7, 8, 9, (byte) 1);

        tracing(0).start(TraceStep.COMMIT, FINANCE, Optional.of(CALLER), other).fail("Busy", "the queue is full");

        SpanData data = only();
        assertThat(data.getKind()).isEqualTo(SpanKind.CLIENT);
        assertThat(data.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(data.getStatus().getDescription()).isEqualTo("the queue is full");
        assertThat(data.getAttributes().get(AttributeKey.stringKey("error.type")))
                .isEqualTo("Busy");
        assertThat(data.getLinks()).singleElement().satisfies(link -> assertThat(
                        link.getSpanContext().getTraceId())
                .isEqualTo(other.traceId()));
    }

    @Test
    void shouldBelongToNobodyElseWhenATraceBeginsOnAThreadThatHasOne() {
        Span foreign = provider.get("foreign").spanBuilder("foreign").startSpan();
        try (Scope scope = foreign.makeCurrent()) {
            assertThat(scope).isNotNull();
            assertThat(tracing(1).current()).hasValueSatisfying(context -> assertThat(context.spanId())
                    .isEqualTo(foreign.getSpanContext().getSpanId()));

            tracing(1).start(TraceStep.DELIVER, FINANCE, Optional.empty()).end();
        }

        assertThat(only().getParentSpanContext().isValid()).isFalse();
        assertThat(only().getKind()).isEqualTo(SpanKind.CONSUMER);
        assertThat(tracing(1).current()).isEmpty();
    }

    @Test
    void shouldBeginTracesForTheConfiguredRatio() {
        OpenTelemetryTracing tenth = tracing(0.1);
        int begun = 0;
        for (int i = 0; i < 10_000; i++) {
            begun += tenth.samplesRoot() ? 1 : 0;
        }

        assertThat(begun).as("30 is one standard deviation").isBetween(800, 1_200);
        assertThat(tracing(0).samplesRoot()).isFalse();
        assertThat(tracing(1).samplesRoot()).isTrue();
    }
}
