// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.cluster;

import com.hazelcast.cluster.Cluster;
import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the cluster four times a second and tells what it means, from a thread of its own: events of Hazelcast come late or in another
 * order when it matters, and none tells of a pause of this very process.
 */
public final class ClusterWatch {

    /** How often it looks. */
    static final Duration INTERVAL = Duration.ofMillis(250);

    private static final Logger LOGGER = LoggerFactory.getLogger(ClusterWatch.class);

    private final ClusterNode node;
    private final ClusterStanding standing;
    private final Consumer<ClusterStanding.Verdict> listener;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread watcher = new Thread(task, "sluice-cluster-watch");
        watcher.setDaemon(true);
        return watcher;
    });

    private volatile ScheduledFuture<?> looking;

    private ClusterWatch(ClusterNode node, Duration pauseLimit, Consumer<ClusterStanding.Verdict> listener) {
        this.node = node;
        this.standing = new ClusterStanding(pauseLimit);
        this.listener = listener;
    }

    /**
     * Begins to look.
     *
     * @param pauseLimit a longer time between two looks is a pause of the process; to be that after which others give a member up
     * @param listener hears of every look; on a thread of its own, must return at once
     */
    public static ClusterWatch start(
            ClusterNode node, Duration pauseLimit, Consumer<ClusterStanding.Verdict> listener) {
        ClusterWatch watch = new ClusterWatch(node, pauseLimit, listener);
        watch.looking = watch.thread.scheduleWithFixedDelay(watch::look, 0, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
        return watch;
    }

    private void look() {
        try {
            sight().ifPresent(sight -> listener.accept(standing.judge(sight)));
        } catch (RuntimeException e) { // thrown out of here it would end the looking, silently
            LOGGER.atError().setCause(e).log("a look at the cluster failed");
        }
    }

    private Optional<ClusterSight> sight() {
        HazelcastInstance hazelcast = node.hazelcast();
        try {
            Cluster cluster = hazelcast.getCluster();
            return Optional.of(new ClusterSight(
                    System.nanoTime(),
                    node.hasQuorum(),
                    cluster.getLocalMember().getUuid(),
                    cluster.getMembers().stream().map(Member::getUuid).collect(Collectors.toSet())));
        } catch (HazelcastInstanceNotActiveException e) {
            return Optional.empty(); // it has left
        }
    }

    /** Looks no more. */
    public void stop() {
        looking.cancel(false);
        thread.shutdownNow();
    }
}
