// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.trace;

import dev.sluice.stream.StreamKey;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** Spans to look at. */
public final class RecordedTracing implements Tracing {

    private final boolean rootSampled;
    private final List<Recorded> spans = new CopyOnWriteArrayList<>();
    private int asked;

    /** Begins a trace for every event without one, or for none. */
    public RecordedTracing(boolean rootSampled) {
        this.rootSampled = rootSampled;
    }

    /** A span that was begun; what it was told stands in it. */
    public static final class Recorded implements TraceSpan {
        private final TraceStep step;
        private final StreamKey stream;
        private final Optional<TraceContext> parent;
        private final Optional<TraceContext> link;
        private final TraceContext context;
        private final Map<String, Object> attributes = new LinkedHashMap<>();
        private String end = "";

        private Recorded(
                TraceStep step,
                StreamKey stream,
                Optional<TraceContext> parent,
                Optional<TraceContext> link,
                TraceContext context) {
            this.step = step;
            this.stream = stream;
            this.parent = parent;
            this.link = link;
            this.context = context;
        }

        public TraceStep step() {
            return step;
        }

        public StreamKey stream() {
            return stream;
        }

        public Optional<TraceContext> parent() {
            return parent;
        }

        public Optional<TraceContext> link() {
            return link;
        }

        public synchronized Map<String, Object> attributes() {
            return Map.copyOf(attributes);
        }

        /** Empty while it is under way, then "ok" or the type of the error. */
        public synchronized String outcome() {
            return end;
        }

        @Override
        public TraceContext context() {
            return context;
        }

        @Override
        public synchronized TraceSpan with(String attribute, long value) {
            attributes.put(attribute, value);
            return this;
        }

        @Override
        public synchronized TraceSpan with(String attribute, String value) {
            attributes.put(attribute, value);
            return this;
        }

        @Override
        public void end() {
            over("ok");
        }

        @Override
        public void fail(String type, String reason) {
            over(type);
        }

        private synchronized void over(String how) {
            if (!end.isEmpty()) {
                throw new IllegalStateException("ended twice: " + end + ", " + how);
            }
            end = how;
        }
    }

    /** In the order of their beginning. */
    public List<Recorded> spans() {
        return List.copyOf(spans);
    }

    /** Those of a kind. */
    public List<Recorded> spans(TraceStep step) {
        return spans.stream().filter(span -> span.step == step).toList();
    }

    /** How often it was asked whether a trace shall begin. */
    public int asked() {
        return asked;
    }

    @Override
    public boolean isOn() {
        return true;
    }

    @Override
    public boolean samplesRoot() {
        asked++;
        return rootSampled;
    }

    @Override
    public Optional<TraceContext> current() {
        return Optional.empty();
    }

    @Override
    public TraceSpan start(TraceStep step, StreamKey stream, Optional<TraceContext> parent) {
        return record(step, stream, parent, Optional.empty());
    }

    @Override
    public TraceSpan start(TraceStep step, StreamKey stream, Optional<TraceContext> parent, TraceContext link) {
        return record(step, stream, parent, Optional.of(link));
    }

    private TraceSpan record(
            TraceStep step, StreamKey stream, Optional<TraceContext> parent, Optional<TraceContext> link) {
        long id = 0x5a00L + spans.size();
        TraceContext context = parent.map(of -> new TraceContext(of.traceHigh(), of.traceLow(), id, of.flags()))
                .orElse(new TraceContext(1, id, id, (byte) 1));
        Recorded span = new Recorded(step, stream, parent, link, context);
        spans.add(span);
        return span;
    }
}
