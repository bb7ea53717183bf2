// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.cluster;

import com.hazelcast.config.SplitBrainProtectionConfig;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.spi.properties.ClusterProperty;
import com.hazelcast.spi.properties.HazelcastProperties;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This process as a member of the cluster: owns the Hazelcast instance and the Vert.x that {@link ClusterJoin} started.
 * Thread-safe; nothing here blocks.
 */
public final class ClusterNode {

    private static final Logger LOGGER = LoggerFactory.getLogger(ClusterNode.class);

    private static final int VERTX_CLOSE_SECONDS = 10;

    private final ClusterOptions options;
    private final HazelcastInstance hazelcast;
    private final Vertx vertx;
    private final String transport;
    private final String nodeId;
    private final Promise<Void> lost = Promise.promise();
    private final AtomicReference<Future<Void>> leaving = new AtomicReference<>();

    ClusterNode(ClusterOptions options, HazelcastInstance hazelcast, Vertx vertx, String transport) {
        this.options = options;
        this.hazelcast = hazelcast;
        this.vertx = vertx;
        this.transport = transport;
        this.nodeId = hazelcast.getCluster().getLocalMember().getUuid().toString();
        ClusterEvents.listen(hazelcast, options, () -> {
            if (leaving.get() == null) {
                lost.tryComplete();
            }
        });
        LOGGER.atInfo()
                .addKeyValue("cluster", options.name())
                .addKeyValue("members", memberCount())
                .addKeyValue(
                        "address", ClusterEvents.address(hazelcast.getCluster().getLocalMember()))
                .addKeyValue("transport", transport)
                .log("joined the cluster");
    }

    /** The clustered Vert.x. */
    public Vertx vertx() {
        return vertx;
    }

    /** The Hazelcast member below it. */
    public HazelcastInstance hazelcast() {
        return hazelcast;
    }

    /** Which member this is, unique among all there ever were. */
    public String nodeId() {
        return nodeId;
    }

    /** What serves the sockets: {@code io_uring}, {@code epoll} or {@code nio}. */
    public String transport() {
        return transport;
    }

    /** How many members hold data, this one included unless it is a lite member; 0 once it has left. */
    public int memberCount() {
        if (!hazelcast.getLifecycleService().isRunning()) {
            return 0;
        }
        return (int) hazelcast.getCluster().getMembers().stream()
                .filter(member -> !member.isLiteMember())
                .count();
    }

    /** Whether the log accepts commits here: enough nodes are together, or no quorum is asked for. */
    public boolean hasQuorum() {
        if (!hazelcast.getLifecycleService().isRunning()) {
            return false;
        }
        SplitBrainProtectionConfig protection =
                hazelcast.getConfig().getSplitBrainProtectionConfigs().get(ClusterConfig.QUORUM);
        return protection == null
                || !protection.isEnabled()
                || hazelcast
                        .getSplitBrainProtectionService()
                        .getSplitBrainProtection(ClusterConfig.QUORUM)
                        .hasMinimumSize();
    }

    /** After how long without a sign of life the others give a member up. */
    public Duration heartbeatLimit() {
        return Duration.ofSeconds(
                new HazelcastProperties(hazelcast.getConfig()).getSeconds(ClusterProperty.MAX_NO_HEARTBEAT_SECONDS));
    }

    /**
     * Completes if this process stops being a member without {@link #leave()}: Hazelcast gives up when it cannot rejoin
     * after a network partition, or is out of memory. The process is of no use then and should be started again.
     */
    public Future<Void> lost() {
        return lost.future();
    }

    /**
     * Leaves: closes Vert.x, hands the data over, stops Hazelcast. Takes at most 10 s and {@code cluster.leaveTimeout};
     * what is not finished then is cut off. Never fails. A second call gets the same future.
     */
    public Future<Void> leave() {
        Promise<Void> done = Promise.promise();
        if (leaving.compareAndSet(null, done.future())) {
            new Thread(() -> leaveBlocking(done), "sluice-cluster-leave").start();
        }
        return leaving.get();
    }

    private void leaveBlocking(Promise<Void> done) {
        try {
            closeVertx();
            stopHazelcast();
            LOGGER.atInfo().addKeyValue("cluster", options.name()).log("left the cluster");
        } finally {
            done.complete();
        }
    }

    private void closeVertx() {
        try {
            vertx.close().await(VERTX_CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            LOGGER.atWarn().addKeyValue("seconds", VERTX_CLOSE_SECONDS).log("Vert.x did not close in time");
        } catch (RuntimeException e) {
            LOGGER.atWarn().setCause(e).log("Vert.x did not close cleanly");
        }
    }

    private void stopHazelcast() {
        try {
            hazelcast.shutdown();
        } catch (RuntimeException e) {
            LOGGER.atWarn().setCause(e).log("Hazelcast did not stop cleanly");
            hazelcast.getLifecycleService().terminate();
        }
    }
}
