// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.census;

import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts by key, of which every member reports its own: an entry a key in a map without backups. Each report is absolute, so what is
 * lost, with an owner that dies or in the half of a cluster that is given up after a partition, comes back with the next one; and while a
 * cluster is parted, each side counts its own members. Thread-safe; never blocks.
 */
public final class HazelcastCounts {

    /** The name of the map. */
    public static final String MAP = "sluice.census";

    private final Vertx vertx;
    private final HazelcastInstance hazelcast;
    private final AtomicLong reports = new AtomicLong();

    /** Over the given member of the cluster. */
    public HazelcastCounts(Vertx vertx, HazelcastInstance hazelcast) {
        this.vertx = vertx;
        this.hazelcast = hazelcast;
    }

    /** The partition of a key; any when this member has left. */
    public int partition(String key) {
        try {
            return hazelcast.getPartitionService().getPartition(key).getPartitionId();
        } catch (IllegalStateException e) { // it is leaving
            return 0;
        }
    }

    /**
     * Reports what this member has, in one call: an operation for each partition that has some of the keys. Each of these operations goes
     * through all keys, so many of them should be of few {@link #partition partitions}.
     *
     * @param own by key; 0: none any more
     * @return by key, how many the living members have together; fails when the cluster does not answer, after what Hazelcast's call
     *     timeout allows
     */
    public Future<Map<String, Integer>> report(Map<String, Integer> own) {
        try {
            // Asked each time: a member that merges after a partition gets another id.
            UUID member = hazelcast.getCluster().getLocalMember().getUuid();
            IMap<String, Tally> map = hazelcast.getMap(MAP);
            ReportProcessor report = new ReportProcessor(member, reports.incrementAndGet(), own);
            return Future.fromCompletionStage(map.submitToKeys(own.keySet(), report), vertx.getOrCreateContext());
        } catch (HazelcastException | IllegalStateException e) { // it is leaving
            return Future.failedFuture(e);
        }
    }
}
