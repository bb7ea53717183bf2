// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.simulation;

import dev.sluice.stream.Event;
import dev.sluice.stream.EventParser;
import dev.sluice.stream.StreamKey;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Events whose id says the how-manieth of its stream they are. Made once: thousands of runs use the same ones. */
public final class TestEvents {

    private static final Map<Wanted, Event> MADE = new ConcurrentHashMap<>();

    private TestEvents() {}

    private record Wanted(StreamKey key, int number, int padding) {}

    /** The event of that number, 1 or more, with so many characters in its data. */
    public static Event event(StreamKey key, int number, int padding) {
        return MADE.computeIfAbsent(new Wanted(key, number, padding), TestEvents::make);
    }

    /** The same, but not kept. */
    public static Event fresh(StreamKey key, int number, int padding) {
        return make(new Wanted(key, number, padding));
    }

    /** The id of the event of that number. */
    public static String id(int number) {
        return "e" + number;
    }

    private static Event make(Wanted wanted) {
        JsonObject json = new JsonObject()
                .put("specversion", "1.0")
                .put("id", id(wanted.number()))
                .put("source", "/test")
                .put("type", "test.happened")
                .put("org", wanted.key().org())
                .put("service", wanted.key().service())
                .put("data", new JsonObject().put("text", "x".repeat(wanted.padding())));
        return EventParser.parse(json.encode().getBytes(StandardCharsets.UTF_8));
    }
}
