// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher.http;

import dev.sluice.stream.Event;
import dev.sluice.stream.EventParser;
import dev.sluice.stream.InvalidEventException;
import dev.sluice.stream.InvalidEventException.Kind;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.rw.CloudEventRWException;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads an event whose attributes are headers (HTTP protocol binding, section 3.1). */
final class BinaryEvent {

    private static final String SPEC_VERSION = "specversion";
    private static final List<String> REQUIRED = List.of(SPEC_VERSION, "id", "source", "type");

    private BinaryEvent() {}

    /**
     * The event.
     *
     * @param defaultOrg the org when it names none, or null if it must
     * @throws InvalidEventException naming what is wrong
     * @throws RefusedException with status 415 if nothing says what the body is
     */
    static Event parse(MultiMap headers, byte[] body, String defaultOrg) {
        Map<String, String> attributes = attributes(headers);
        for (String name : REQUIRED) {
            if (attributes.getOrDefault(name, "").isEmpty()) {
                throw malformed(name, "is required, as the header " + ContentMode.HEADER_PREFIX + name);
            }
        }
        if (!attributes.remove(SPEC_VERSION).equals("1.0")) {
            throw malformed(SPEC_VERSION, "must be \"1.0\"");
        }
        CloudEventBuilder builder = CloudEventBuilder.v1();
        attributes.forEach((name, value) -> set(builder, name, value));
        return EventParser.of(withData(builder, headers.get(HttpHeaders.CONTENT_TYPE), body), defaultOrg, null);
    }

    private static Map<String, String> attributes(MultiMap headers) {
        Map<String, String> attributes = new HashMap<>();
        for (Map.Entry<String, String> header : headers) {
            String name = header.getKey().toLowerCase(Locale.ROOT);
            if (name.startsWith(ContentMode.HEADER_PREFIX)) {
                String attribute = name.substring(ContentMode.HEADER_PREFIX.length());
                if (attributes.put(attribute, decoded(attribute, header.getValue())) != null) {
                    throw malformed(attribute, "stands there twice");
                }
            }
        }
        return attributes;
    }

    private static String decoded(String attribute, String value) {
        try {
            return HeaderValue.decode(value);
        } catch (IllegalArgumentException e) {
            throw malformed(attribute, e.getMessage());
        }
    }

    private static void set(CloudEventBuilder builder, String name, String value) {
        if (name.equals("datacontenttype")) {
            throw malformed(name, "is the header Content-Type, not one of its own");
        }
        if (name.equals("data")) {
            throw malformed(name, "is the body, not a header");
        }
        try {
            builder.withContextAttribute(name, value);
        } catch (CloudEventRWException | IllegalArgumentException e) {
            throw malformed(
                    name,
                    "is not valid: its name may have lower-case letters and digits, its value must be of its"
                            + " type");
        }
    }

    private static CloudEvent withData(CloudEventBuilder builder, String contentType, byte[] body) {
        if (contentType == null && body.length > 0) {
            throw ContentMode.unsupported("a Content-Type must say what the body is");
        }
        if (contentType != null) {
            builder.withDataContentType(contentType);
        }
        return body.length > 0 ? builder.withData(body).build() : builder.build();
    }

    private static InvalidEventException malformed(String attribute, String what) {
        return new InvalidEventException(Kind.MALFORMED, attribute, "attribute '" + attribute + "' " + what);
    }
}
