// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.flags;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashSet;
import java.util.List;

/**
 * What clients are asked to do (PROTOCOL section 7). Keys of the values at the start begin with {@code gateway.flags}.
 *
 * @param realtime whether clients hold connections open; false asks them to poll. The server refuses nobody for it; true
 * @param rolloutPercent of how many in a hundred users that is asked; 100, 0 to 100
 * @param transports by which clients may connect, the best first: some of {@code websocket}, {@code sse}, {@code poll}, at least one. New
 *     connections by another one are refused
 */
public record FeatureFlags(boolean realtime, int rolloutPercent, List<String> transports) {

    /** All transports there are. */
    static final List<String> ALL_TRANSPORTS = List.of("websocket", "sse", "poll");

    private static final int ALL_PERCENT = 100;

    /**
     * Checks the bounds.
     *
     * @throws IllegalArgumentException naming the flag and its bounds
     */
    public FeatureFlags {
        transports = List.copyOf(transports);
        if (rolloutPercent < 0 || rolloutPercent > ALL_PERCENT) {
            throw new IllegalArgumentException("rolloutPercent must be 0 to 100, is " + rolloutPercent);
        }
        if (transports.isEmpty()
                || !ALL_TRANSPORTS.containsAll(transports)
                || new HashSet<>(transports).size() < transports.size()) {
            throw new IllegalArgumentException(
                    "transports must be at least one of " + String.join(", ", ALL_TRANSPORTS) + ", none twice");
        }
    }

    /** The defaults given with each flag. */
    public static FeatureFlags defaults() {
        return new FeatureFlags(true, ALL_PERCENT, ALL_TRANSPORTS);
    }

    /** As clients get them. */
    public JsonObject toJson() {
        return new JsonObject()
                .put("realtime", realtime)
                .put("rolloutPercent", rolloutPercent)
                .put("transports", new JsonArray(transports));
    }

    /**
     * Reads all three from JSON; what else is in it is not looked at.
     *
     * @throws IllegalArgumentException naming the flag that is missing or wrong
     */
    static FeatureFlags from(JsonObject json) {
        if (!(json.getValue("realtime") instanceof Boolean realtime)) {
            throw new IllegalArgumentException("realtime must be true or false");
        }
        if (!(json.getValue("rolloutPercent") instanceof Integer percent)) {
            throw new IllegalArgumentException("rolloutPercent must be a whole number from 0 to 100");
        }
        if (!(json.getValue("transports") instanceof JsonArray names)
                || !names.stream().allMatch(String.class::isInstance)) {
            throw new IllegalArgumentException("transports must be an array of names");
        }
        return new FeatureFlags(
                realtime, percent, names.stream().map(String.class::cast).toList());
    }
}
