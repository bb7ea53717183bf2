// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher;

import dev.sluice.stream.Event;
import dev.sluice.stream.EventParser;
import dev.sluice.stream.StreamKey;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;

/** Events to publish. */
public final class TestEvents {

    private TestEvents() {}

    public static String json(StreamKey key, String id) {
        return json(key, id, "");
    }

    static String json(StreamKey key, String id, String data) {
        return "{\"specversion\":\"1.0\",\"id\":\"" + id + "\",\"source\":\"/test\",\"type\":\"t\",\"org\":\""
                + key.org() + "\",\"service\":\"" + key.service() + "\",\"data\":\"" + data + "\"}";
    }

    static Event event(StreamKey key, String id) {
        return parse(json(key, id));
    }

    static Event event(StreamKey key, int number) {
        return event(key, Integer.toString(number));
    }

    /** With so many bytes in all. */
    static Event sized(StreamKey key, int number, int bytes) {
        int bare = json(key, Integer.toString(number), "").length();
        return parse(json(key, Integer.toString(number), "x".repeat(bytes - bare)));
    }

    static List<Event> events(StreamKey key, int first, int count) {
        return IntStream.range(first, first + count)
                .mapToObj(n -> event(key, n))
                .toList();
    }

    private static Event parse(String json) {
        return EventParser.parse(json.getBytes(StandardCharsets.UTF_8));
    }
}
