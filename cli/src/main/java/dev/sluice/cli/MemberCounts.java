// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli;

import dev.sluice.gateway.census.ClusterCounts;
import dev.sluice.stream.census.HazelcastCounts;
import dev.sluice.stream.cluster.ClusterNode;
import io.vertx.core.Future;
import java.util.Map;

/** What the members of the cluster count together, as the gateway's census asks for it. Thread-safe. */
final class MemberCounts implements ClusterCounts {

    private final HazelcastCounts counts;

    /** By the given member. */
    MemberCounts(ClusterNode cluster) {
        this.counts = new HazelcastCounts(cluster.vertx(), cluster.hazelcast());
    }

    @Override
    public Future<Map<String, Integer>> report(Map<String, Integer> own) {
        return counts.report(own);
    }

    /** By partitions. */
    @Override
    public int group(String key) {
        return counts.partition(key);
    }
}
