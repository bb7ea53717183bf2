// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.canary;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What a node tells all others at the begin of each round.
 *
 * @param node its id in the cluster
 * @param round from 1, one more each time
 * @param sentAt epoch milliseconds by its clock
 * @param last whether it stops now, so that its silence means nothing
 * @param heard the last round it has heard of each other node, so that who does not hear that one knows that it speaks
 * @param registered the shards whose pushes it wants
 * @param probed the shards that it sends probes to in this round
 */
record CanaryCall(
        String node,
        long round,
        long sentAt,
        boolean last,
        Map<String, Long> heard,
        Set<Integer> registered,
        Set<Integer> probed) {

    /** Copies. */
    CanaryCall {
        heard = Map.copyOf(heard);
        registered = Set.copyOf(registered);
        probed = Set.copyOf(probed);
    }

    JsonObject toJson() {
        JsonObject rounds = new JsonObject();
        heard.forEach(rounds::put);
        return new JsonObject()
                .put("node", node)
                .put("round", round)
                .put("sentAt", sentAt)
                .put("last", last)
                .put("heard", rounds)
                .put("registered", numbers(registered))
                .put("probed", numbers(probed));
    }

    private static JsonArray numbers(Set<Integer> set) {
        JsonArray array = new JsonArray();
        set.forEach(array::add);
        return array;
    }

    /**
     * Reads one.
     *
     * @throws RuntimeException when it is none
     */
    static CanaryCall fromJson(JsonObject json) {
        Map<String, Long> heard = new HashMap<>();
        JsonObject rounds = json.getJsonObject("heard");
        rounds.fieldNames().forEach(node -> heard.put(node, rounds.getLong(node)));
        return new CanaryCall(
                json.getString("node"),
                json.getLong("round"),
                json.getLong("sentAt"),
                json.getBoolean("last"),
                heard,
                set(json.getJsonArray("registered")),
                set(json.getJsonArray("probed")));
    }

    private static Set<Integer> set(JsonArray array) {
        Set<Integer> set = new HashSet<>();
        for (int i = 0; i < array.size(); i++) {
            set.add(array.getInteger(i));
        }
        return set;
    }
}
