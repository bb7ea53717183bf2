// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.console;

import dev.sluice.gateway.session.TracedEvent;
import dev.sluice.stream.Position;
import dev.sluice.stream.StreamKey;
import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.Optional;

/**
 * What one node asks another.
 *
 * @param text what to look for, or the id of a session; empty where neither is asked for
 * @param slowOnly whether only slow consumers are asked for
 * @param limit so many at most, of those that come in any number
 * @param event what became of it; of {@link Kind#TRACE} only
 */
record Question(Kind kind, String text, boolean slowOnly, int limit, Optional<TracedEvent> event) {

    /** The most that a node is asked for. */
    static final int MAX_LIMIT = 200;

    private static final String EVENT = "event";

    enum Kind {
        OVERVIEW,
        SESSIONS,
        SESSION,
        DISCONNECT,
        STREAMS,
        DRAIN,
        TRACE
    }

    Question(Kind kind, String text, boolean slowOnly, int limit) {
        this(kind, text, slowOnly, limit, Optional.empty());
    }

    static Question of(Kind kind) {
        return new Question(kind, "", false, 1);
    }

    static Question of(Kind kind, String session) {
        return new Question(kind, session, false, 1);
    }

    static Question trace(TracedEvent event, int limit) {
        return new Question(Kind.TRACE, "", false, limit, Optional.of(event));
    }

    JsonObject toJson() {
        JsonObject json = new JsonObject()
                .put("kind", kind.name().toLowerCase(Locale.ROOT))
                .put("text", text)
                .put("slowOnly", slowOnly)
                .put("limit", limit);
        event.ifPresent(traced -> json.put(EVENT, toJson(traced)));
        return json;
    }

    private static JsonObject toJson(TracedEvent traced) {
        return new JsonObject()
                .put("org", traced.stream().org())
                .put("service", traced.stream().service())
                .put("epoch", traced.position().epoch())
                .put("seq", traced.position().seq())
                .put("user", traced.user().orElse(null));
    }

    /**
     * Of another node, perhaps of another release.
     *
     * @throws RuntimeException if it is none that this release knows
     */
    static Question parse(JsonObject json) {
        return new Question(
                Kind.valueOf(json.getString("kind").toUpperCase(Locale.ROOT)),
                json.getString("text", ""),
                json.getBoolean("slowOnly", false),
                Math.max(1, Math.min(MAX_LIMIT, json.getInteger("limit", 1))),
                Optional.ofNullable(json.getJsonObject(EVENT)).map(Question::traced));
    }

    private static TracedEvent traced(JsonObject json) {
        return new TracedEvent(
                new StreamKey(json.getString("org"), json.getString("service")),
                new Position(json.getString("epoch"), json.getLong("seq")),
                Optional.ofNullable(json.getString("user")));
    }
}
