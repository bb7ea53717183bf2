// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream;

import java.util.Objects;

/**
 * A validated CloudEvents 1.0 event on its way to a stream. The bytes are what every subscriber will get, unchanged.
 *
 * <p>Made by {@link EventParser} only, so that whoever holds one knows it is valid JSON within the size limit. The array
 * is not copied (events travel through several hands and 64 KiB are a lot to copy): nobody may write to it.
 */
public final class Event {

    private final StreamKey key;
    private final String source;
    private final String id;
    private final EventId eventId;
    private final byte[] json;

    Event(StreamKey key, String source, String id, byte[] json) {
        this.key = Objects.requireNonNull(key);
        this.source = source;
        this.id = id;
        this.eventId = EventId.of(source, id);
        this.json = json;
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

    /** Names the event without its data, which never goes to a log. */
    @Override
    public String toString() {
        return "Event[" + key.service() + " " + id + ", " + json.length + " bytes]";
    }
}
