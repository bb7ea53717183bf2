// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import com.hazelcast.cluster.Member;
import com.hazelcast.config.Config;
import com.hazelcast.config.EvictionPolicy;
import com.hazelcast.config.InMemoryFormat;
import com.hazelcast.config.MapConfig;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/** The Hazelcast map that keeps the log, one entry a shard, and how it must be configured. */
public final class LogMap {

    /** The name of the map. */
    public static final String NAME = "sluice.log";

    private LogMap() {}

    static IMap<Integer, Wired<ShardState>> of(HazelcastInstance hazelcast) {
        return hazelcast.getMap(NAME);
    }

    /**
     * The configuration that the log needs; a {@code cluster.xml} may give the same.
     *
     * @param backups how many nodes may be lost at once, 0 to 6
     * @param splitBrainProtectionName the rule that keeps a minority from forking history, or null for a single node
     */
    public static MapConfig config(int backups, String splitBrainProtectionName) {
        MapConfig config = new MapConfig(NAME)
                .setInMemoryFormat(InMemoryFormat.OBJECT)
                .setBackupCount(backups)
                .setAsyncBackupCount(0)
                .setReadBackupData(false)
                .setStatisticsEnabled(true)
                .setSplitBrainProtectionName(splitBrainProtectionName);
        config.getEvictionConfig().setEvictionPolicy(EvictionPolicy.NONE);
        // After a split the history of the part that the others join stands; what it lost comes home with them. A shard
        // is large.
        config.getMergePolicyConfig().setPolicy(NewestShard.class.getName()).setBatchSize(1);
        return config;
    }

    /** Prepares a member, before it is started, for what the log needs besides the map: how it is serialised, and to be told of losses. */
    public static void prepare(Config config) {
        LogSerializerFactory.register(config.getSerializationConfig());
        LostShards.watch(config);
    }

    /**
     * Checks the configuration in effect, for a map that is configured wrongly works, and loses.
     *
     * @throws IllegalStateException naming everything that is wrong
     */
    public static void check(HazelcastInstance hazelcast) {
        MapConfig config = hazelcast.getConfig().findMapConfig(NAME);
        List<String> faults = new ArrayList<>();
        // A copy of the value would be changed instead of the value itself, and the changes would be lost.
        fault(faults, config.getInMemoryFormat() != InMemoryFormat.OBJECT, "in-memory-format must be OBJECT");
        fault(faults, !config.getIndexConfigs().isEmpty(), "there must be no index");
        // A shard that the map drops takes the history of all its streams along.
        fault(
                faults,
                config.getEvictionConfig().getEvictionPolicy() != EvictionPolicy.NONE,
                "eviction-policy must be NONE");
        fault(faults, config.getTimeToLiveSeconds() != 0, "time-to-live-seconds must be 0");
        fault(faults, config.getMaxIdleSeconds() != 0, "max-idle-seconds must be 0");
        fault(faults, config.getMapStoreConfig().isEnabled(), "map-store must be off");
        // Anything else drops what only one part of a split cluster still has, or mixes two histories.
        fault(
                faults,
                !NewestShard.class
                        .getName()
                        .equals(config.getMergePolicyConfig().getPolicy()),
                "merge-policy must be " + NewestShard.class.getName());
        // A commit waits for the synchronous ones only.
        fault(faults, config.getAsyncBackupCount() != 0, "async-backup-count must be 0, use backup-count");
        fault(faults, LostShards.of(hazelcast) == null, "LogMap.prepare must be called before the start");
        if (!faults.isEmpty()) {
            throw new IllegalStateException(
                    "the Hazelcast map '" + NAME + "' is configured wrongly: " + String.join("; ", faults));
        }
    }

    /**
     * The shards that this member owns now, which moves as members come and go.
     *
     * @throws com.hazelcast.core.HazelcastInstanceNotActiveException when the member is leaving
     */
    public static List<Integer> ownedShards(HazelcastInstance hazelcast, int shards) {
        Member self = hazelcast.getCluster().getLocalMember();
        return IntStream.range(0, shards)
                .filter(shard -> self.equals(
                        hazelcast.getPartitionService().getPartition(shard).getOwner()))
                .boxed()
                .toList();
    }

    /**
     * How many partitions, those that hold shards and those that hold what else the cluster keeps, have fewer copies than a cluster of this
     * size can give them, as this member sees it: while it is not 0, the loss of one more node may be one too many.
     *
     * @throws com.hazelcast.core.HazelcastInstanceNotActiveException when the member is leaving
     */
    public static int missingCopies(HazelcastInstance hazelcast) {
        return Copies.missing(hazelcast);
    }

    /**
     * Which members hold which shard, as this member sees it: of each shard the owner and then the backups; empty where nobody has a place.
     *
     * @throws com.hazelcast.core.HazelcastInstanceNotActiveException when the member is leaving
     */
    public static List<List<UUID>> holders(HazelcastInstance hazelcast, int shards) {
        return IntStream.range(0, shards)
                .mapToObj(shard -> Copies.holders(hazelcast, shard))
                .toList();
    }

    private static void fault(List<String> faults, boolean present, String text) {
        if (present) {
            faults.add(text);
        }
    }
}
