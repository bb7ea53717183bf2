// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli;

import dev.sluice.stream.cluster.ClusterNode;
import dev.sluice.stream.log.LogMap;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** What the metrics say of the cluster. */
final class ClusterFigures {

    private ClusterFigures() {}

    static JsonObject of(ClusterNode cluster, int shards) {
        int members = cluster.memberCount();
        if (members == 0) {
            return new JsonObject().put("members", 0);
        }
        return new JsonObject()
                .put("members", members)
                .put("missingCopies", LogMap.missingCopies(cluster.hazelcast()))
                .put("ownedShards", new JsonArray(LogMap.ownedShards(cluster.hazelcast(), shards)));
    }
}
