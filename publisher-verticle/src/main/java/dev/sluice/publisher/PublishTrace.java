// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher;

import dev.sluice.stream.Event;
import dev.sluice.stream.Receipt;
import dev.sluice.stream.StreamKey;
import dev.sluice.stream.log.Commit;
import dev.sluice.stream.trace.TraceAttributes;
import dev.sluice.stream.trace.TraceContext;
import dev.sluice.stream.trace.TraceSpan;
import dev.sluice.stream.trace.TraceStep;
import dev.sluice.stream.trace.Tracing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The spans of one publish: one for each event that carries a sampled trace of its own, and one for all that are traced because of their
 * caller. Of the caller's thread until the answer, which any thread may give.
 */
final class PublishTrace {

    private final List<Event> events;
    private final boolean mayGrow;
    private final List<Part> parts = new ArrayList<>(1);

    /** A span, and where the first and the last of its events stand. */
    private record Part(TraceSpan span, int count, int last) {}

    private PublishTrace(List<Event> events) {
        this.events = new ArrayList<>(events);
        this.mayGrow = hasRoom(events);
    }

    /**
     * Begins the spans of a publish.
     *
     * @param caller the trace of whoever publishes, such as that of the request
     * @return null, as for nearly all, when nothing of it is traced
     */
    static PublishTrace begin(Tracing tracing, List<Event> events, Optional<TraceContext> caller) {
        PublishTrace trace = caller.isPresent() && caller.get().isSampled()
                ? traceAll(tracing, events, caller)
                : traceEach(tracing, events, caller.isPresent());
        return trace == null || trace.parts.isEmpty() ? null : trace;
    }

    /** Whether all of them may become longer; or a publish would be refused for being traced. */
    private static boolean hasRoom(List<Event> events) {
        long bytes = 0;
        for (Event event : events) {
            bytes += event.json().length + Event.CARRYING_BYTES;
        }
        return bytes <= Commit.MAX_BYTES;
    }

    /** Those without a trace of their own share a span, or a batch would be a thousand of them. */
    private static PublishTrace traceAll(Tracing tracing, List<Event> events, Optional<TraceContext> caller) {
        PublishTrace trace = new PublishTrace(events);
        List<Integer> shared = new ArrayList<>();
        for (int i = 0; i < events.size(); i++) {
            Event event = events.get(i);
            Optional<TraceContext> own = sampledTrace(event);
            if (own.isPresent()) {
                TraceSpan span = own.get().isSameTrace(caller.get())
                        ? tracing.start(TraceStep.PUBLISH, event.key(), caller)
                        : tracing.start(TraceStep.PUBLISH, event.key(), caller, own.get());
                trace.take(span, List.of(i), Optional.empty());
            } else {
                shared.add(i);
            }
        }
        if (!shared.isEmpty()) {
            StreamKey key = events.get(shared.get(0)).key();
            trace.take(tracing.start(TraceStep.PUBLISH, key, caller), shared, caller);
        }
        return trace;
    }

    /** Nothing is made for those that are not traced. */
    private static PublishTrace traceEach(Tracing tracing, List<Event> events, boolean hasCaller) {
        PublishTrace trace = null;
        for (int i = 0; i < events.size(); i++) {
            Event event = events.get(i);
            Optional<TraceContext> own = sampledTrace(event);
            boolean begins = !hasCaller && event.traceparent().isEmpty() && tracing.samplesRoot();
            if (begins || own.isPresent()) {
                trace = trace == null ? new PublishTrace(events) : trace;
                TraceSpan span = tracing.start(TraceStep.PUBLISH, event.key(), own);
                trace.take(span, List.of(i), begins ? Optional.of(span.context()) : Optional.empty());
            }
        }
        return trace;
    }

    private static Optional<TraceContext> sampledTrace(Event event) {
        return event.traceparent().flatMap(TraceContext::parse).filter(TraceContext::isSampled);
    }

    /**
     * The events go on with the span.
     *
     * @param start what they carry to the subscribers, unless they carry something already
     */
    private void take(TraceSpan span, List<Integer> indexes, Optional<TraceContext> start) {
        TraceContext context = span.context();
        if (!context.isSampled()) {
            span.end(); // by a sampler of the program that we are a part of
            return;
        }
        for (int i : indexes) {
            Event event = events.get(i);
            Event carrying = mayGrow ? start.map(event::carrying).orElse(event) : event;
            events.set(i, carrying.tracedBy(context));
        }
        int last = indexes.get(indexes.size() - 1);
        if (indexes.size() == 1) {
            span.with(TraceAttributes.MESSAGE_ID, events.get(last).id())
                    .with(TraceAttributes.BODY_SIZE, events.get(last).json().length);
        } else {
            span.with(TraceAttributes.BATCH_COUNT, indexes.size());
        }
        parts.add(new Part(span, indexes.size(), last));
    }

    /** The events as they go on. */
    List<Event> events() {
        return events;
    }

    /** Ends the spans. */
    void answered(List<Receipt> receipts, Throwable failure) {
        for (Part part : parts) {
            if (failure != null) {
                part.span().fail(failure.getClass().getSimpleName(), String.valueOf(failure.getMessage()));
                continue;
            }
            if (part.count() == 1) {
                Receipt receipt = receipts.get(part.last());
                part.span()
                        .with(TraceAttributes.EPOCH, receipt.position().epoch())
                        .with(TraceAttributes.SEQ, receipt.position().seq());
                if (receipt.duplicate()) {
                    part.span().with(TraceAttributes.DUPLICATE, "true");
                }
            }
            part.span().end();
        }
    }
}
