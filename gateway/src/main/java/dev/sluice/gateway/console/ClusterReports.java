// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.console;

import dev.sluice.gateway.console.ClusterDesk.Answer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Makes one answer of those of all nodes. Pure. */
final class ClusterReports {

    private static final String SESSIONS = "sessions";
    private static final String RATE = "eventsPerSecond";

    private ClusterReports() {}

    /** Who the nodes are, how each is, and what it holds. */
    static JsonObject cluster(JsonObject map, List<Answer> answers, long now) {
        JsonArray nodes = new JsonArray();
        for (Answer answer : answers) {
            JsonObject node = answer.member().copy().put("answers", !answer.silent());
            answer.body().ifPresent(node::mergeIn);
            nodes.add(node);
        }
        JsonArray shards = new JsonArray();
        for (Object holders : map.getJsonArray("shards")) {
            List<?> ids = ((JsonArray) holders).getList();
            shards.add(new JsonObject()
                    .put("owner", ids.isEmpty() ? null : ids.get(0))
                    .put("backups", new JsonArray(ids.stream().skip(1).toList())));
        }
        return new JsonObject()
                .put("at", now)
                .put("asked", map.getString("self"))
                .put("quorum", map.getBoolean("quorum"))
                .put("nodes", nodes)
                .put("publishers", publishers(map))
                .put("shards", shards)
                .put("changes", map.getJsonArray("changes"));
    }

    private static JsonArray publishers(JsonObject map) {
        return new JsonArray(map.getJsonArray("members").stream()
                .map(JsonObject.class::cast)
                .filter(member -> member.getBoolean("lite"))
                .map(member ->
                        new JsonObject().put("id", member.getString("id")).put("address", member.getString("address")))
                .toList());
    }

    /** The sessions of all that are farthest behind, each with its node. */
    static JsonObject sessions(List<Answer> answers, int limit) {
        List<JsonObject> found = new ArrayList<>();
        JsonObject page = new JsonObject();
        for (String count : List.of("total", "matched", "slow")) {
            page.put(
                    count,
                    bodies(answers).mapToLong(body -> body.getLong(count)).sum());
        }
        for (Answer answer : answers) {
            answer.body().ifPresent(body -> body.getJsonArray(SESSIONS)
                    .forEach(session -> found.add(((JsonObject) session).copy().put("node", answer.id()))));
        }
        found.sort(Comparator.comparingLong((JsonObject session) -> session.getLong("lag"))
                .reversed()
                .thenComparing(session -> session.getString("session")));
        return page.put(SESSIONS, new JsonArray(found.stream().limit(limit).toList()))
                .put("silent", silent(answers));
    }

    /** The busiest streams: of one that several nodes hold, the rate once, for all see the same events; bytes and sessions in all. */
    static JsonObject streams(List<Answer> answers, int limit) {
        Map<String, JsonObject> byKey = new LinkedHashMap<>();
        bodies(answers)
                .flatMap(body -> body.getJsonArray("streams").stream())
                .map(JsonObject.class::cast)
                .forEach(use -> byKey.merge(
                        use.getString("service") + ' ' + use.getString("org"), use.copy(), ClusterReports::both));
        List<JsonObject> busiest = byKey.values().stream()
                .sorted(Comparator.comparingDouble((JsonObject use) -> use.getDouble(RATE))
                        .thenComparingLong(use -> use.getLong("heldBytes"))
                        .reversed())
                .limit(limit)
                .toList();
        return new JsonObject().put("streams", new JsonArray(busiest)).put("silent", silent(answers));
    }

    private static JsonObject both(JsonObject one, JsonObject other) {
        return one.put(RATE, Math.max(one.getDouble(RATE), other.getDouble(RATE)))
                .put("heldBytes", one.getLong("heldBytes") + other.getLong("heldBytes"))
                .put(SESSIONS, one.getInteger(SESSIONS) + other.getInteger(SESSIONS));
    }

    /** Who did not answer. */
    static JsonArray silent(List<Answer> answers) {
        return new JsonArray(
                answers.stream().filter(Answer::silent).map(Answer::id).toList());
    }

    private static Stream<JsonObject> bodies(List<Answer> answers) {
        return answers.stream().flatMap(answer -> answer.body().stream());
    }
}
