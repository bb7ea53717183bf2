// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher.http;

import dev.sluice.stream.EventParser;
import dev.sluice.stream.http.Problem;
import dev.sluice.stream.http.ProblemType;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;

/** How a request carries CloudEvents (HTTP protocol binding, section 3). */
enum ContentMode {
    /** One event, all of it in the body. */
    STRUCTURED(EventParser.MAX_EVENT_BYTES),
    /** An array of events in the body. */
    BATCH(1 << 20),
    /** Attributes as headers, data as the body. */
    BINARY(EventParser.MAX_EVENT_BYTES);

    /** What headers of attributes begin with. */
    static final String HEADER_PREFIX = "ce-";

    private static final String CLOUD_EVENTS = "application/cloudevents";

    private final int maxBodyBytes;

    ContentMode(int maxBodyBytes) {
        this.maxBodyBytes = maxBodyBytes;
    }

    int maxBodyBytes() {
        return maxBodyBytes;
    }

    /**
     * The mode of a request with these headers.
     *
     * @throws RefusedException with status 415 if it is none of them
     */
    static ContentMode of(MultiMap headers) {
        String contentType = headers.get(HttpHeaders.CONTENT_TYPE);
        String mediaType = mediaType(contentType);
        if (mediaType.equals(CLOUD_EVENTS + "+json")) {
            return checkCharset(contentType, STRUCTURED);
        }
        if (mediaType.equals(CLOUD_EVENTS + "-batch+json")) {
            return checkCharset(contentType, BATCH);
        }
        boolean hasAttributes = headers.entries().stream()
                .map(Map.Entry::getKey)
                .anyMatch(name -> name.regionMatches(true, 0, HEADER_PREFIX, 0, HEADER_PREFIX.length()));
        if (mediaType.startsWith(CLOUD_EVENTS) || !hasAttributes) {
            throw unsupported(
                    "send application/cloudevents+json, application/cloudevents-batch+json, or ce- headers with"
                            + " the data as the body");
        }
        return BINARY;
    }

    private static String mediaType(String contentType) {
        return contentType == null ? "" : contentType.split(";", 2)[0].trim().toLowerCase(Locale.ROOT);
    }

    private static ContentMode checkCharset(String contentType, ContentMode mode) {
        boolean foreign = Arrays.stream(contentType.split(";"))
                .skip(1)
                .map(parameter -> parameter.replace("\"", "").trim().toLowerCase(Locale.ROOT))
                .anyMatch(parameter -> parameter.startsWith("charset=") && !parameter.equals("charset=utf-8"));
        if (foreign) {
            throw unsupported("JSON is read as UTF-8");
        }
        return mode;
    }

    static RefusedException unsupported(String detail) {
        return new RefusedException(Problem.of(ProblemType.UNSUPPORTED_MEDIA_TYPE, detail));
    }
}
