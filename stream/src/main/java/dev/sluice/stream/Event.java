// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream;

import dev.sluice.stream.trace.TraceContext;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;

/**
 * A validated CloudEvents 1.0 event on its way to a stream. The bytes are what every subscriber will get, unchanged.
 *
 * <p>Made by {@link EventParser} only, so that whoever holds one knows it is valid JSON within the size limit. The array
 * is not copied (events travel through several hands and 64 KiB are a lot to copy): nobody may write to it.
 */
public final class Event {

    /** How much longer {@link #carrying} makes an event at most. */
    public static final int CARRYING_BYTES = TraceContext.TRACEPARENT.length() + TraceContext.LENGTH + 6;

    private final StreamKey key;
    private final String source;
    private final String id;
    private final EventId eventId;
    private final byte[] json;
    /** As the publisher wrote it; null when there is none. */
    private final String traceparent;
    /** Null unless this event is being traced. */
    private final TraceContext trace;

    /** An event that is not traced. */
    Event(StreamKey key, String source, String id, String traceparent, byte[] json) {
        this(Objects.requireNonNull(key), source, id, EventId.of(source, id), traceparent, json, null);
    }

    private Event(
            StreamKey key,
            String source,
            String id,
            EventId eventId,
            String traceparent,
            byte[] json,
            TraceContext trace) {
        this.key = key;
        this.source = source;
        this.id = id;
        this.eventId = eventId;
        this.traceparent = traceparent;
        this.json = json;
        this.trace = trace;
    }

    /** The stream it belongs to. */
    public StreamKey key() {
        return key;
    }

    /** The CloudEvents {@code source}. */
    public String source() {
        return source;
    }

    /** The CloudEvents {@code id}, unique within the source. */
    public String id() {
        return id;
    }

    /** The fingerprint of (source, id), by which the log recognises a repeated publish. */
    public EventId eventId() {
        return eventId;
    }

    /** The JSON object, UTF-8, at most {@link EventParser#MAX_EVENT_BYTES}, without line breaks; not to be written to. */
    public byte[] json() {
        return json;
    }

    /** What its extension attribute {@code traceparent} says, which need not be valid. */
    public Optional<String> traceparent() {
        return Optional.ofNullable(traceparent);
    }

    /** The span of its publish; null, as for nearly all, when it is not traced. */
    public TraceContext trace() {
        return trace;
    }

    /** The same event, being traced. */
    public Event tracedBy(TraceContext publish) {
        return new Event(key, source, id, eventId, traceparent, json, publish);
    }

    /**
     * The same event with the attribute {@code traceparent}, so that subscribers can go on with the trace; unchanged when it has one, or when
     * it would be too large then.
     *
     * @param start where the trace comes from
     */
    public Event carrying(TraceContext start) {
        if (traceparent != null || json.length + CARRYING_BYTES > EventParser.MAX_EVENT_BYTES) {
            return this;
        }
        String text = start.toString();
        byte[] attribute =
                ("{\"" + TraceContext.TRACEPARENT + "\":\"" + text + "\",").getBytes(StandardCharsets.US_ASCII);
        int brace = 0;
        while (json[brace] != '{') {
            brace++; // over the space that may stand before it
        }
        byte[] carrying = new byte[attribute.length + json.length - brace - 1];
        System.arraycopy(attribute, 0, carrying, 0, attribute.length);
        System.arraycopy(json, brace + 1, carrying, attribute.length, json.length - brace - 1);
        return new Event(key, source, id, eventId, text, carrying, trace);
    }

    /** Names the event without its data, which never goes to a log. */
    @Override
    public String toString() {
        return "Event[" + key.service() + " " + id + ", " + json.length + " bytes]";
    }
}
