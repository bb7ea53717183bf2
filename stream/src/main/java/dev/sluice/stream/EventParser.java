// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream;

import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import dev.sluice.stream.InvalidEventException.Kind;
import dev.sluice.stream.trace.TraceContext;
import io.cloudevents.CloudEvent;
import io.cloudevents.CloudEventData;
import io.cloudevents.core.format.EventDeserializationException;
import io.cloudevents.core.format.EventFormat;
import io.cloudevents.core.format.EventSerializationException;
import io.cloudevents.jackson.JsonFormat;
import io.cloudevents.rw.CloudEventRWException;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The only door through which events come in: turns foreign bytes or a {@link CloudEvent} into an {@link Event}.
 *
 * <p>Whatever passes is one well-formed UTF-8 JSON object without duplicate keys, nested at most {@value #MAX_DEPTH} deep, with at most {@value #MAX_ATTRIBUTES} members, at most
 * {@value #MAX_EVENT_BYTES} bytes, a valid CloudEvents 1.0 event with the extension attributes {@code org} and {@code service}
 * — and so safe to paste into a frame for every browser without looking at it again. Line breaks between tokens become
 * spaces (SSE frames cannot carry them); all else stays byte for byte, numbers included (docs/adr/0004). Thread-safe.
 *
 * @see <a href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md">CloudEvents 1.0</a>
 */
public final class EventParser {

    /** The largest event, 64 KiB. */
    public static final int MAX_EVENT_BYTES = 64 * 1024;

    /** The deepest nesting. */
    public static final int MAX_DEPTH = 100;

    /** The most attributes of an event, {@code data} included. */
    public static final int MAX_ATTRIBUTES = 100;

    /** The longest {@code id}, {@code source} and {@code type}, in characters. */
    public static final int MAX_ATTRIBUTE_LENGTH = 1024;

    /** Finds the attribute in what the CloudEvents SDK says. Should its words change, an answer just lacks the attribute's name. */
    private static final Pattern ATTRIBUTE =
            Pattern.compile("(?:Missing mandatory |value for \"|for attribute )([a-z0-9]+)");

    /** What the SDK says when the binary data is no text; it checks everything else itself. */
    private static final String NO_REASON = "N/A";

    private static final EventFormat FORMAT = new JsonFormat();

    private EventParser() {}

    /**
     * Validates an event in the CloudEvents JSON format. The bytes are kept, not copied, unless line breaks have to go.
     *
     * @param json one JSON object, UTF-8
     * @param defaultOrg the org when the event names none, or null if it must
     * @param defaultService the service when the event names none, or null if it must
     * @throws InvalidEventException naming what is wrong
     */
    public static Event parse(byte[] json, String defaultOrg, String defaultService) {
        // Without the data, of which nothing is wanted here: to make objects of it would cost several times what all
        // else does.
        byte[] envelope = checkJson(json).envelope();
        CloudEvent event;
        try {
            event = FORMAT.deserialize(envelope);
        } catch (EventDeserializationException | CloudEventRWException | IllegalArgumentException e) {
            throw notAnEvent(e);
        }
        return validated(event, withoutLineBreaks(json), defaultOrg, defaultService);
    }

    /** {@link #parse(byte[], String, String)} of an event that names its own org and service. */
    public static Event parse(byte[] json) {
        return parse(json, null, null);
    }

    /**
     * Serialises and validates an event made with the CloudEvents SDK.
     *
     * @throws InvalidEventException naming what is wrong
     */
    public static Event of(CloudEvent event) {
        return of(event, null, null);
    }

    /** {@link #of(CloudEvent)} with an org and a service for events that name none. */
    public static Event of(CloudEvent event, String defaultOrg, String defaultService) {
        byte[] json;
        try {
            json = FORMAT.serialize(event);
        } catch (EventSerializationException | CloudEventRWException | IllegalArgumentException e) {
            throw malformed(null, "cannot be written as JSON: " + firstLine(e));
        }
        checkPasted(event, checkJson(json).members());
        return validated(event, withoutLineBreaks(json), defaultOrg, defaultService);
    }

    private static Event validated(CloudEvent event, byte[] json, String defaultOrg, String defaultService) {
        if (!"1.0".equals(event.getSpecVersion().toString())) {
            throw malformed("specversion", "must be \"1.0\"");
        }
        String id = required("id", event.getId());
        String source = required(
                "source", event.getSource() == null ? null : event.getSource().toString());
        required("type", event.getType());
        String org = extension(event, "org", defaultOrg);
        String service = extension(event, "service", defaultService);
        if (!StreamKey.isOrg(org)) {
            throw malformed(
                    "org", "must be 1 to " + StreamKey.MAX_ORG_LENGTH + " characters without control characters");
        }
        if (!StreamKey.isService(service)) {
            throw malformed("service", "must match [a-z][a-z0-9-]{0,62}, for example 'finance'");
        }
        Object traceparent = event.getExtension(TraceContext.TRACEPARENT);
        return new Event(
                new StreamKey(org, service), source, id, traceparent == null ? null : traceparent.toString(), json);
    }

    private static String required(String attribute, String value) {
        if (value == null || value.isEmpty()) {
            throw malformed(attribute, "is required");
        }
        if (value.length() > MAX_ATTRIBUTE_LENGTH) {
            throw malformed(attribute, "is longer than " + MAX_ATTRIBUTE_LENGTH + " characters");
        }
        if (!ForeignText.isWellFormed(value)) {
            // CloudEvents forbids it; and ids are compared as UTF-8, where all such halves look the same.
            throw malformed(attribute, "has half of a surrogate pair");
        }
        return value;
    }

    private static String extension(CloudEvent event, String name, String fallback) {
        Object value = event.getExtension(name);
        if (value == null) {
            if (fallback == null) {
                throw malformed(name, "is required, as an extension attribute of the event");
            }
            return fallback;
        }
        return value.toString();
    }

    private static StrictJson.Checked checkJson(byte[] json) {
        if (json.length > MAX_EVENT_BYTES) {
            throw new InvalidEventException(
                    Kind.TOO_LARGE, null, "the event has " + json.length + " bytes; the limit is " + MAX_EVENT_BYTES);
        }
        try {
            return StrictJson.check(json);
        } catch (IllegalArgumentException e) {
            throw malformed(null, e.getMessage());
        }
    }

    /**
     * The SDK pastes data of a JSON content type as it is. A body such as {@code 1,"org":"other"} would add attributes to the event
     * that its publisher's door never saw, and bytes that are no UTF-8 would silently become others.
     */
    private static void checkPasted(CloudEvent event, List<String> members) {
        CloudEventData data = event.getData();
        long expected = event.getAttributeNames().stream()
                        .filter(name -> event.getAttribute(name) != null)
                        .count()
                + event.getExtensionNames().size()
                + (data == null ? 0 : 1);
        if (members.size() != expected) {
            throw malformed("data", "must be one JSON value, as its content type says");
        }
        if (data != null && members.contains("data") && !StrictJson.isUtf8(data.toBytes())) {
            throw malformed("data", "is not valid UTF-8");
        }
    }

    /** In valid JSON a raw line break stands between tokens only, where a space means the same. */
    private static byte[] withoutLineBreaks(byte[] json) {
        byte[] clean = json;
        for (int i = 0; i < json.length; i++) {
            if (json[i] == '\n' || json[i] == '\r') {
                if (clean == json) {
                    clean = Arrays.copyOf(json, json.length);
                }
                clean[i] = ' ';
            }
        }
        return clean;
    }

    private static InvalidEventException malformed(String attribute, String what) {
        return new InvalidEventException(
                Kind.MALFORMED, attribute, attribute == null ? what : "attribute '" + attribute + "' " + what);
    }

    private static InvalidEventException notAnEvent(RuntimeException e) {
        String reason = firstLine(e);
        if (e.getCause() instanceof InvalidFormatException || reason.equals(NO_REASON)) {
            return malformed("data_base64", "must be text in Base64");
        }
        Matcher attribute = ATTRIBUTE.matcher(reason);
        return new InvalidEventException(
                Kind.MALFORMED, attribute.find() ? attribute.group(1) : null, "not a CloudEvents 1.0 event: " + reason);
    }

    private static String firstLine(Exception e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        String message = cause.getMessage() == null ? "unreadable" : cause.getMessage();
        return message.lines().findFirst().orElse("unreadable");
    }
}
