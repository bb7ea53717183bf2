// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.sluice.stream.Event;
import dev.sluice.stream.InvalidEventException;
import dev.sluice.stream.fuzz.Accepted;
import dev.sluice.stream.fuzz.Cost;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/** A publish over the event bus: the first line is the header {@code org}, the second {@code service}, the rest the body. */
class BusRequestsFuzzTest {

    @FuzzTest
    void message(byte[] input) {
        String[] lines = new String(input, UTF_8).split("\n", 3);
        if (lines.length < 3) {
            return;
        }
        MultiMap headers = MultiMap.caseInsensitiveMultiMap();
        if (!lines[0].isEmpty()) {
            headers.add("org", lines[0]);
        }
        if (!lines[1].isEmpty()) {
            headers.add("service", lines[1]);
        }
        Optional<Event> text = event(headers, lines[2]);
        Optional<Event> buffer = event(headers, Buffer.buffer(lines[2]));
        assertThat(buffer.map(Event::eventId)).isEqualTo(text.map(Event::eventId));
        assertThat(buffer.map(Event::key)).isEqualTo(text.map(Event::key));
        try {
            // What the sender made of it; duplicate keys are gone, so it may be accepted where the text was not.
            Optional<Event> object = event(headers, new JsonObject(lines[2]));
            if (text.isPresent() && object.isPresent()) {
                assertThat(object.get().eventId()).isEqualTo(text.get().eventId());
            }
        } catch (DecodeException e) {
            assertThat(text).isEmpty();
        }
    }

    private static Optional<Event> event(MultiMap headers, Object body) {
        int length = body.toString().length();
        try {
            Event event = Cost.bounded(length, () -> BusRequests.event(headers, body));
            Accepted.event(event);
            return Optional.of(event);
        } catch (InvalidEventException e) {
            Accepted.reason(e.getMessage());
            return Optional.empty();
        }
    }
}
