// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.trace;

import dev.sluice.stream.StreamKey;
import java.util.Optional;

/**
 * Makes spans of what happens to traced events. Any thread; never blocks.
 *
 * <p>Whoever handles events asks {@link #isOn()} first, and {@link #start} only for those that are sampled: an event that is not costs a
 * comparison, and no event costs more where tracing is off.
 */
public interface Tracing {

    /** Traces nothing. */
    Tracing OFF = new TracingOff();

    /** Whether anything is traced. */
    boolean isOn();

    /** Whether an event without a trace of its own begins one: true for the configured ratio of the calls. */
    boolean samplesRoot();

    /** The trace of the calling thread, where the program that runs here is traced itself. */
    Optional<TraceContext> current();

    /**
     * Begins a span.
     *
     * @param parent what it is a child of; empty for the first of a new trace
     * @return a span whose {@linkplain TraceContext#isSampled() context} says whether it is recorded
     */
    TraceSpan start(TraceStep step, StreamKey stream, Optional<TraceContext> parent);

    /**
     * Begins a span that another trace led to as well.
     *
     * @param link where that one comes from
     */
    TraceSpan start(TraceStep step, StreamKey stream, Optional<TraceContext> parent, TraceContext link);
}
