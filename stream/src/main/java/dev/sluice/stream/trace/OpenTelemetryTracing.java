// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.trace;

import dev.sluice.stream.StreamKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Spans by way of OpenTelemetry, with the attributes of its conventions for messaging. Whether a trace that begins here is recorded is
 * decided before anything is made for it; of one that comes from elsewhere its caller has decided.
 */
public final class OpenTelemetryTracing implements Tracing {

    /** The name of the instrumentation, to ask an OpenTelemetry for its tracer. */
    public static final String SCOPE = "dev.sluice";

    private static final String SYSTEM = "sluice";
    private static final Map<TraceStep, SpanKind> KINDS = Map.of(
            TraceStep.PUBLISH,
            SpanKind.PRODUCER,
            TraceStep.COMMIT,
            SpanKind.CLIENT,
            TraceStep.DELIVER,
            SpanKind.CONSUMER);

    private final Tracer tracer;
    private final double rootRatio;

    /**
     * Tracing of a program that has OpenTelemetry already.
     *
     * @param tracer of an OpenTelemetry that its owner closes; its sampler should be parent-based and take what has no parent, or fewer are
     *     recorded than {@code rootRatio} says
     * @param rootRatio which part of the events without a trace begin one, 0 to 1
     */
    public OpenTelemetryTracing(Tracer tracer, double rootRatio) {
        if (!(rootRatio >= 0 && rootRatio <= 1)) {
            throw new IllegalArgumentException("the ratio must be 0 to 1, is " + rootRatio);
        }
        this.tracer = tracer;
        this.rootRatio = rootRatio;
    }

    @Override
    public boolean isOn() {
        return true;
    }

    @Override
    public boolean samplesRoot() {
        return rootRatio > 0 && ThreadLocalRandom.current().nextDouble() < rootRatio;
    }

    @Override
    public Optional<TraceContext> current() {
        SpanContext current = Span.current().getSpanContext();
        return current.isValid() ? Optional.of(context(current)) : Optional.empty();
    }

    @Override
    public TraceSpan start(TraceStep step, StreamKey stream, Optional<TraceContext> parent) {
        return new Running(builder(step, stream, parent).startSpan());
    }

    @Override
    public TraceSpan start(TraceStep step, StreamKey stream, Optional<TraceContext> parent, TraceContext link) {
        return new Running(builder(step, stream, parent).addLink(remote(link)).startSpan());
    }

    private SpanBuilder builder(TraceStep step, StreamKey stream, Optional<TraceContext> parent) {
        // The parent is given, never taken from the thread: a span of an event loop would belong to anybody.
        Context context = parent.map(given -> Context.root().with(Span.wrap(remote(given))))
                .orElse(Context.root());
        SpanBuilder builder = tracer.spanBuilder(step.word() + " " + stream.service())
                .setParent(context)
                .setSpanKind(KINDS.get(step))
                .setAttribute("messaging.system", SYSTEM)
                .setAttribute("messaging.operation.name", step.word())
                .setAttribute("messaging.destination.name", stream.service());
        if (step != TraceStep.COMMIT) {
            builder.setAttribute("messaging.operation.type", step == TraceStep.PUBLISH ? "send" : "process");
        }
        return builder;
    }

    private static SpanContext remote(TraceContext context) {
        return SpanContext.createFromRemoteParent(
                context.traceId(), context.spanId(), TraceFlags.fromByte(context.flags()), TraceState.getDefault());
    }

    private static TraceContext context(SpanContext context) {
        String trace = context.getTraceId();
        return new TraceContext(
                HexFormat.fromHexDigitsToLong(trace, 0, 16),
                HexFormat.fromHexDigitsToLong(trace, 16, 32),
                HexFormat.fromHexDigitsToLong(context.getSpanId()),
                context.getTraceFlags().asByte());
    }

    private record Running(Span span) implements TraceSpan {

        @Override
        public TraceContext context() {
            return OpenTelemetryTracing.context(span.getSpanContext());
        }

        @Override
        public TraceSpan with(String attribute, long value) {
            span.setAttribute(attribute, value);
            return this;
        }

        @Override
        public TraceSpan with(String attribute, String value) {
            span.setAttribute(attribute, value);
            return this;
        }

        @Override
        public void end() {
            span.end();
        }

        @Override
        public void fail(String type, String reason) {
            span.setAttribute("error.type", type)
                    .setStatus(StatusCode.ERROR, reason)
                    .end();
        }
    }
}
