// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import com.hazelcast.core.HazelcastInstance;

/** The number of shards that the cluster was formed with. */
final class ShardCount {

    /** The map of what all nodes must agree on. */
    static final String CLUSTER_MAP = "sluice.cluster";

    private static final String KEY = "shards";

    private ShardCount() {}

    /**
     * Writes it down if this is the first node, compares otherwise: with another number a node would look for streams
     * in the wrong shards and find none. Blocks.
     *
     * @throws IllegalStateException naming both numbers
     */
    static void agree(HazelcastInstance hazelcast, int shards) {
        Integer formedWith = hazelcast.<String, Integer>getMap(CLUSTER_MAP).putIfAbsent(KEY, shards);
        if (formedWith != null && formedWith != shards) {
            throw new IllegalStateException(
                    "log.shards is " + shards + " on this node, but the cluster was formed with " + formedWith
                            + ": set log.shards to " + formedWith + ", or stop all nodes to form the cluster anew");
        }
    }
}
