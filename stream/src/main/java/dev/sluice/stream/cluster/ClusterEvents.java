// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.config.Config;
import com.hazelcast.config.SplitBrainProtectionConfig;
import com.hazelcast.config.SplitBrainProtectionListenerConfig;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import com.hazelcast.core.LifecycleListener;
import com.hazelcast.partition.PartitionLostEvent;
import com.hazelcast.partition.PartitionLostListener;
import com.hazelcast.splitbrainprotection.SplitBrainProtectionEvent;
import com.hazelcast.splitbrainprotection.SplitBrainProtectionListener;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** Writes to the log who comes and goes. Called on Hazelcast's event threads. */
final class ClusterEvents implements MembershipListener, LifecycleListener, PartitionLostListener {

    private static final Logger LOGGER = LoggerFactory.getLogger(ClusterEvents.class);

    /** When all partitions go, there are 271 events; a line a second says it as well. */
    private static final long LOST_PARTITION_LOG_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Runnable onShutdown;

    // Hazelcast's event threads
    private final AtomicInteger lostPartitions = new AtomicInteger();
    private final AtomicLong lostPartitionsLogged = new AtomicLong(System.nanoTime() - LOST_PARTITION_LOG_NANOS);

    private final ClusterOptions options;

    private ClusterEvents(ClusterOptions options, Runnable onShutdown) {
        this.options = options;
        this.onShutdown = onShutdown;
    }

    static void listen(HazelcastInstance hazelcast, ClusterOptions options, Runnable onShutdown) {
        ClusterEvents events = new ClusterEvents(options, onShutdown);
        hazelcast.getCluster().addMembershipListener(events);
        hazelcast.getLifecycleService().addLifecycleListener(events);
        hazelcast.getPartitionService().addPartitionLostListener(events);
    }

    /** Has the coming and going of the quorum written to the log; before the instance is started. */
    static void logQuorum(Config config) {
        SplitBrainProtectionConfig protection =
                config.getSplitBrainProtectionConfigs().get(ClusterConfig.QUORUM);
        if (protection != null) {
            protection.addListenerConfig(new SplitBrainProtectionListenerConfig(
                    (SplitBrainProtectionListener) ClusterEvents::quorumChanged));
        }
    }

    private static void quorumChanged(SplitBrainProtectionEvent event) {
        LoggingEventBuilder builder = (event.isPresent() ? LOGGER.atInfo() : LOGGER.atError())
                .addKeyValue("members", event.getCurrentMembers().size())
                .addKeyValue("quorum", event.getThreshold());
        builder.log(event.isPresent() ? "quorum is back, commits are accepted" : "quorum lost, commits are refused");
    }

    @Override
    public void memberAdded(MembershipEvent event) {
        log(LOGGER.atInfo(), event).log("member joined");
        long nodes = dataMembers(event);
        if (!event.getMember().isLiteMember() && bothHalvesMayGoOn(nodes, options.quorum())) {
            LOGGER.atWarn()
                    .addKeyValue("nodes", nodes)
                    .addKeyValue("quorum", options.quorum())
                    .log(
                            "cluster.quorum is not more than half of the nodes: after a partition both sides accept events, and those"
                                    + " of one side are lost when they meet again; set it to {}",
                            nodes / 2 + 1);
        }
    }

    /** Whether a cluster can fall into two parts of which each has a quorum. */
    static boolean bothHalvesMayGoOn(long nodes, int quorum) {
        return nodes > 1 && 2L * quorum <= nodes;
    }

    @Override
    public void memberRemoved(MembershipEvent event) {
        log(LOGGER.atWarn(), event).log("member left");
    }

    @Override
    public void stateChanged(LifecycleEvent event) {
        if (event.getState() == LifecycleState.MERGING) {
            LOGGER.atWarn().log("found another part of the cluster, joining it; what only this part held is dropped");
        } else if (event.getState() == LifecycleState.MERGED) {
            LOGGER.atInfo().log("joined the other part of the cluster");
        } else if (event.getState() == LifecycleState.MERGE_FAILED) {
            LOGGER.atError().log("could not join the other part of the cluster");
        } else if (event.getState() == LifecycleState.SHUTDOWN) {
            onShutdown.run();
        }
    }

    @Override
    public void partitionLost(PartitionLostEvent event) {
        // Not "all replicas": a partition has as many as there are members, whether or not they hold the data.
        if (event.getLostBackupCount() < options.backups()) {
            return;
        }
        int count = lostPartitions.incrementAndGet();
        long now = System.nanoTime();
        long logged = lostPartitionsLogged.get();
        if (now - logged >= LOST_PARTITION_LOG_NANOS && lostPartitionsLogged.compareAndSet(logged, now)) {
            LOGGER.atError()
                    .addKeyValue("partitionsSoFar", count)
                    .log(
                            "more nodes were lost at once than there are backups; the streams on their partitions begin a new"
                                    + " epoch");
        }
    }

    /** As text: a JSON log would make an object of Hazelcast's. */
    static String address(Member member) {
        return member.getAddress().getHost() + ":" + member.getAddress().getPort();
    }

    private static LoggingEventBuilder log(LoggingEventBuilder builder, MembershipEvent event) {
        Member member = event.getMember();
        return builder.addKeyValue("member", address(member))
                .addKeyValue("lite", member.isLiteMember())
                .addKeyValue("members", dataMembers(event));
    }

    private static long dataMembers(MembershipEvent event) {
        return event.getMembers().stream()
                .filter(member -> !member.isLiteMember())
                .count();
    }
}
