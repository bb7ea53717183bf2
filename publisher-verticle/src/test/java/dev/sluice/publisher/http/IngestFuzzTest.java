// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.sluice.stream.Event;
import dev.sluice.stream.EventParser;
import dev.sluice.stream.InvalidEventException;
import dev.sluice.stream.fuzz.Accepted;
import dev.sluice.stream.fuzz.Cost;
import io.vertx.core.MultiMap;
import java.util.Arrays;
import java.util.List;

/** A publish over HTTP as it stands on the wire: header lines, an empty line, the body. */
class IngestFuzzTest {

    @FuzzTest
    void request(byte[] request) {
        String text = new String(request, ISO_8859_1);
        int end = text.indexOf("\n\n");
        MultiMap headers = headers(end < 0 ? text : text.substring(0, end));
        byte[] body = end < 0 ? new byte[0] : Arrays.copyOfRange(request, end + 2, request.length);
        List<Event> events;
        try {
            events = Cost.bounded(request.length, () -> read(headers, body));
        } catch (InvalidEventException | RefusedException e) {
            Accepted.reason(e.getMessage());
            return;
        }
        events.forEach(Accepted::event);
    }

    private static List<Event> read(MultiMap headers, byte[] body) {
        return switch (ContentMode.of(headers)) {
            case STRUCTURED -> List.of(EventParser.parse(body, "acme", null));
            case BINARY -> List.of(binary(headers, body));
            case BATCH ->
                Slices.of(body).stream()
                        .map(slice -> EventParser.parse(slice, "acme", null))
                        .toList();
        };
    }

    private static Event binary(MultiMap headers, byte[] body) {
        Event event = BinaryEvent.parse(headers, body, "acme");
        assertThat(event.id()).isEqualTo(HeaderValue.decode(headers.get("ce-id")));
        assertThat(event.source()).isEqualTo(HeaderValue.decode(headers.get("ce-source")));
        assertThat(event.key().org())
                .isEqualTo(headers.contains("ce-org") ? HeaderValue.decode(headers.get("ce-org")) : "acme");
        return event;
    }

    /** As Netty would hand them over: it refuses names that are not tokens and values with line breaks. */
    private static MultiMap headers(String head) {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap();
        for (String line : head.lines().toList()) {
            int colon = line.indexOf(':');
            if (colon > 0 && line.substring(0, colon).matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+")) {
                headers.add(
                        line.substring(0, colon),
                        line.substring(colon + 1).replace('\0', ' ').trim());
            }
        }
        return headers;
    }
}
