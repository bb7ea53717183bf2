// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import com.hazelcast.cluster.memberselector.MemberSelectors;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.SplitBrainProtectionConfig;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.impl.HazelcastInstanceProxy;
import com.hazelcast.instance.impl.Node;
import com.hazelcast.internal.partition.InternalPartition;
import com.hazelcast.internal.partition.PartitionReplica;
import com.hazelcast.spi.exception.RetryableHazelcastException;
import com.hazelcast.splitbrainprotection.SplitBrainProtectionException;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * Whether an operation on a shard finds the members that its answer promises (ADR 0008). Hazelcast itself sends backups to those that
 * are assigned at the moment, be it none: after a member was removed, until its partitions have new backups, and on a member that is being cut off
 * from the others and removes them one by one, an answer would come at once and promise copies that nobody has. Its split-brain protection learns of a
 * removal later than the partitions do.
 *
 * <p>Uses what Hazelcast calls internal; an integration test fails when an upgrade breaks it.
 */
final class Copies {

    private Copies() {}

    /**
     * Refuses to go on where an answer would not be replicated as configured. On the partition's thread of the owner, before anything is changed.
     *
     * @throws SplitBrainProtectionException when this part of the cluster is too small
     * @throws RetryableHazelcastException when a backup is missing that the cluster is large enough for; Hazelcast tries again until it has a
     *     place, or the call times out
     */
    static void demand(Node node, int shard) {
        MapConfig map = node.getConfig().getMapConfigOrNull(LogMap.NAME);
        int members = node.getClusterService().getSize(MemberSelectors.DATA_MEMBER_SELECTOR);
        if (members < quorum(node, map)) {
            throw new SplitBrainProtectionException("only " + members + " members are left here");
        }
        if (missesOne(node, partitionOf(node, shard), Math.min(map.getBackupCount(), members - 1))) {
            throw new RetryableHazelcastException("shard " + shard + " has not all its backups yet");
        }
    }

    /**
     * How many partitions have fewer copies than a cluster of this size can give them, as this member sees it. Not those of the shards
     * alone: the others, which hold revoked tokens for instance, get theirs a moment later. Any thread.
     */
    static int missing(HazelcastInstance hazelcast) {
        Node node = ((HazelcastInstanceProxy) hazelcast).getOriginal().node;
        int members = node.getClusterService().getSize(MemberSelectors.DATA_MEMBER_SELECTOR);
        int backups = Math.min(node.getConfig().getMapConfigOrNull(LogMap.NAME).getBackupCount(), members - 1);
        return (int) Arrays.stream(node.getPartitionService().getInternalPartitions())
                .filter(partition -> missesOne(node, partition, backups))
                .count();
    }

    /** The members that hold a shard, the owner first, as this member sees it. Any thread. */
    static List<UUID> holders(HazelcastInstance hazelcast, int shard) {
        Node node = ((HazelcastInstanceProxy) hazelcast).getOriginal().node;
        int backups = node.getConfig().getMapConfigOrNull(LogMap.NAME).getBackupCount();
        InternalPartition replicas = partitionOf(node, shard);
        return IntStream.rangeClosed(0, backups)
                .mapToObj(replicas::getReplica)
                .filter(replica -> isMember(node, replica))
                .map(PartitionReplica::uuid)
                .toList();
    }

    private static InternalPartition partitionOf(Node node, int shard) {
        return node.getPartitionService()
                .getPartition(node.getPartitionService().getPartitionId((Object) shard));
    }

    private static boolean missesOne(Node node, InternalPartition replicas, int backups) {
        return IntStream.rangeClosed(0, backups).anyMatch(replica -> !isMember(node, replicas.getReplica(replica)));
    }

    /** A replica stays in the table for some time after its member was removed, and backups to it are left out without a word. */
    private static boolean isMember(Node node, PartitionReplica replica) {
        return replica != null && node.getClusterService().getMember(replica.address(), replica.uuid()) != null;
    }

    private static int quorum(Node node, MapConfig map) {
        if (map.getSplitBrainProtectionName() == null) {
            return 0;
        }
        SplitBrainProtectionConfig protection =
                node.getConfig().getSplitBrainProtectionConfigs().get(map.getSplitBrainProtectionName());
        return protection == null || !protection.isEnabled() ? 0 : protection.getMinimumClusterSize();
    }
}
