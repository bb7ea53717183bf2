// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.console;

import io.vertx.core.json.JsonObject;
import java.util.Locale;

/**
 * What one node asks another.
 *
 * @param text what to look for, or the id of a session; empty where neither is asked for
 * @param slowOnly whether only slow consumers are asked for
 * @param limit so many at most, of those that come in any number
 */
record Question(Kind kind, String text, boolean slowOnly, int limit) {

    /** The most that a node is asked for. */
    static final int MAX_LIMIT = 200;

    enum Kind {
        OVERVIEW,
        SESSIONS,
        SESSION,
        DISCONNECT,
        STREAMS,
        DRAIN
    }

    static Question of(Kind kind) {
        return new Question(kind, "", false, 1);
    }

    static Question of(Kind kind, String session) {
        return new Question(kind, session, false, 1);
    }

    JsonObject toJson() {
        return new JsonObject()
                .put("kind", kind.name().toLowerCase(Locale.ROOT))
                .put("text", text)
                .put("slowOnly", slowOnly)
                .put("limit", limit);
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
                Math.max(1, Math.min(MAX_LIMIT, json.getInteger("limit", 1))));
    }
}
