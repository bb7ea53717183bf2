// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.trace;

import java.util.HexFormat;
import java.util.Optional;

/**
 * Which trace something belongs to and under which of its spans: a W3C {@code traceparent}, as the header of a request and as the attribute
 * of an event.
 *
 * @param traceHigh the first half of the trace id
 * @param traceLow the second half; the two are not both 0
 * @param span the id of the span that what follows is a child of; not 0
 * @param flags bit 0: whether the trace is recorded
 * @see <a href="https://www.w3.org/TR/trace-context/#traceparent-header">W3C Trace Context</a>
 * @see <a href="https://github.com/cloudevents/spec/blob/main/cloudevents/extensions/distributed-tracing.md">CloudEvents: distributed
 *     tracing</a>
 */
public record TraceContext(long traceHigh, long traceLow, long span, byte flags) {

    /** The header of a request, and the extension attribute of an event. */
    public static final String TRACEPARENT = "traceparent";

    /** How long the text is. */
    public static final int LENGTH = 55;

    private static final HexFormat HEX = HexFormat.of();
    private static final int TRACE_AT = 3;
    private static final int SPAN_AT = 36;
    private static final int FLAGS_AT = 53;
    private static final int SAMPLED = 1;

    /** Checks that it is one. */
    public TraceContext {
        if ((traceHigh == 0 && traceLow == 0) || span == 0) {
            throw new IllegalArgumentException("a trace or a span has no id");
        }
    }

    /**
     * Reads a {@code traceparent}. Of a version that is not known yet, what version 00 has is read, as the standard asks.
     *
     * @param text anything, or null
     * @return empty when it is none: then there is no trace, and nothing else is wrong
     */
    public static Optional<TraceContext> parse(String text) {
        if (text == null || text.length() < LENGTH || !isWellFormed(text)) {
            return Optional.empty();
        }
        long high = HexFormat.fromHexDigitsToLong(text, TRACE_AT, TRACE_AT + 16);
        long low = HexFormat.fromHexDigitsToLong(text, TRACE_AT + 16, TRACE_AT + 32);
        long span = HexFormat.fromHexDigitsToLong(text, SPAN_AT, SPAN_AT + 16);
        byte flags = (byte) HexFormat.fromHexDigits(text, FLAGS_AT, LENGTH);
        return (high == 0 && low == 0) || span == 0
                ? Optional.empty()
                : Optional.of(new TraceContext(high, low, span, flags));
    }

    private static boolean isWellFormed(String text) {
        for (int i = 0; i < LENGTH; i++) {
            boolean dash = i == TRACE_AT - 1 || i == SPAN_AT - 1 || i == FLAGS_AT - 1;
            if (dash ? text.charAt(i) != '-' : !isLowerHex(text.charAt(i))) {
                return false;
            }
        }
        boolean first = text.startsWith("00");
        return !text.startsWith("ff") && (text.length() == LENGTH || (!first && text.charAt(LENGTH) == '-'));
    }

    private static boolean isLowerHex(char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    }

    /** Whether the trace is recorded. */
    public boolean isSampled() {
        return (flags & SAMPLED) != 0;
    }

    /** Whether both belong to one trace. */
    public boolean isSameTrace(TraceContext other) {
        return traceHigh == other.traceHigh && traceLow == other.traceLow;
    }

    /** 32 hexadecimal digits. */
    public String traceId() {
        return HEX.toHexDigits(traceHigh) + HEX.toHexDigits(traceLow);
    }

    /** 16 hexadecimal digits. */
    public String spanId() {
        return HEX.toHexDigits(span);
    }

    /** As a header and an attribute carry it, in version 00. */
    @Override
    public String toString() {
        return "00-" + traceId() + "-" + spanId() + "-" + HEX.toHexDigits(flags);
    }
}
