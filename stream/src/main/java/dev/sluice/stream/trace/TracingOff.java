// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.trace;

import dev.sluice.stream.StreamKey;
import java.util.Optional;

/** See {@link Tracing#OFF}. */
final class TracingOff implements Tracing {

    @Override
    public boolean isOn() {
        return false;
    }

    @Override
    public boolean samplesRoot() {
        return false;
    }

    @Override
    public Optional<TraceContext> current() {
        return Optional.empty();
    }

    @Override
    public TraceSpan start(TraceStep step, StreamKey stream, Optional<TraceContext> parent) {
        throw new IllegalStateException("tracing is off");
    }

    @Override
    public TraceSpan start(TraceStep step, StreamKey stream, Optional<TraceContext> parent, TraceContext link) {
        throw new IllegalStateException("tracing is off");
    }
}
