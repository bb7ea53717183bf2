// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import dev.sluice.stream.cluster.ClusterNode;
import dev.sluice.stream.cluster.ClusterTimeline;
import dev.sluice.stream.log.LogMap;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.UUID;

/**
 * The cluster as this member sees it, for the console ({@code dev.sluice.gateway.console}): {@code self}, {@code members}, {@code shards} with
 * those who hold them, {@code quorum} and {@code changes}. Any thread; asks this member only.
 */
final class ClusterMap {

    private final ClusterNode node;
    private final int shards;
    private final ClusterTimeline timeline;

    ClusterMap(ClusterNode node, int shards, ClusterTimeline timeline) {
        this.node = node;
        this.shards = shards;
        this.timeline = timeline;
    }

    /** Of now; without members once this one has left. */
    JsonObject toJson() {
        JsonObject map = new JsonObject()
                .put("self", node.nodeId())
                .put("quorum", node.hasQuorum())
                .put("members", new JsonArray())
                .put("shards", new JsonArray())
                .put("changes", changes());
        try {
            return map.put("members", members(node.hazelcast()))
                    .put("shards", holders(LogMap.holders(node.hazelcast(), shards)));
        } catch (HazelcastInstanceNotActiveException e) {
            return map;
        }
    }

    private static JsonArray members(HazelcastInstance hazelcast) {
        JsonArray members = new JsonArray();
        for (Member member : hazelcast.getCluster().getMembers()) {
            members.add(new JsonObject()
                    .put("id", member.getUuid().toString())
                    .put(
                            "address",
                            member.getAddress().getHost() + ":"
                                    + member.getAddress().getPort())
                    .put("lite", member.isLiteMember()));
        }
        return members;
    }

    private static JsonArray holders(List<List<UUID>> holders) {
        JsonArray shards = new JsonArray();
        holders.forEach(
                of -> shards.add(new JsonArray(of.stream().map(UUID::toString).toList())));
        return shards;
    }

    private JsonArray changes() {
        JsonArray changes = new JsonArray();
        timeline.changes()
                .forEach(change -> changes.add(new JsonObject()
                        .put("at", change.at())
                        .put("kind", change.kind())
                        .put("detail", change.detail())));
        return changes;
    }
}
