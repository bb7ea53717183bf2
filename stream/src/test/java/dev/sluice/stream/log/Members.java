// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import com.hazelcast.cluster.Member;
import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.MapConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.impl.HazelcastInstanceProxy;
import com.hazelcast.instance.impl.Node;
import com.hazelcast.internal.cluster.impl.ClusterServiceImpl;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A Hazelcast cluster in this JVM, with the settings that the log needs and free ports of 127.0.0.1. */
final class Members implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final String clusterName = "log-" + UUID.randomUUID();
    private final List<String> addresses = new ArrayList<>();
    private final List<HazelcastInstance> running = new ArrayList<>();
    private final MapConfig map;
    private Duration merging = Duration.ofSeconds(2);

    Members(MapConfig map) {
        this.map = map;
    }

    /** How often members that start from now on look for others that they have lost. */
    Members mergingEvery(Duration interval) {
        merging = interval;
        return this;
    }

    /** Starts a member that keeps data. */
    HazelcastInstance start() {
        return start(false);
    }

    /** Starts a member that keeps none. */
    HazelcastInstance startLite() {
        return start(true);
    }

    /** Kills a member without saying goodbye to the others. */
    void kill(HazelcastInstance member) {
        running.remove(member);
        member.getLifecycleService().terminate();
    }

    /** Lets a member go in good order, its data handed over. */
    void leave(HazelcastInstance member) {
        running.remove(member);
        member.shutdown();
    }

    /** Opens the log on a member as a node does: asks again until the cluster, in which members have just come, answers. */
    static StreamLog open(Vertx vertx, HazelcastInstance member, LogOptions options) {
        return StreamLogContract.await(opened(vertx, member, options));
    }

    private static Future<StreamLog> opened(Vertx vertx, HazelcastInstance member, LogOptions options) {
        return HazelcastStreamLog.open(vertx, member, options)
                .recover(failure -> failure instanceof LogUnavailableException
                        ? vertx.timer(250, TimeUnit.MILLISECONDS).compose(fired -> opened(vertx, member, options))
                        : Future.failedFuture(failure));
    }

    /** Waits until all members know each other and every backup is in place. */
    void awaitSafe() {
        Awaitility.await().atMost(PATIENCE).until(() -> running.stream()
                .allMatch(member -> member.getCluster().getMembers().size() == running.size()
                        && member.getPartitionService().isClusterSafe()));
    }

    /** The member that owns the shard, as the first one sees it. */
    HazelcastInstance ownerOf(int shard) {
        UUID owner = running.get(0)
                .getPartitionService()
                .getPartition(shard)
                .getOwner()
                .getUuid();
        return running.stream()
                .filter(member -> member.getCluster().getLocalMember().getUuid().equals(owner))
                .findFirst()
                .orElseThrow();
    }

    /** The member that has the backup of the shard. */
    HazelcastInstance backupOf(int shard) {
        Node node = ((HazelcastInstanceProxy) running.get(0)).getOriginal().node;
        int partition = node.getPartitionService().getPartitionId((Object) shard);
        UUID backup =
                node.getPartitionService().getPartition(partition).getReplica(1).uuid();
        return running.stream()
                .filter(member -> member.getCluster().getLocalMember().getUuid().equals(backup))
                .findFirst()
                .orElseThrow();
    }

    /** A member that is neither. */
    HazelcastInstance other(HazelcastInstance one, HazelcastInstance two) {
        return running.stream()
                .filter(member -> member != one && member != two)
                .findFirst()
                .orElseThrow();
    }

    /** Lets each forget all others, as if no network were between them; they find each other again. */
    void fallApart() {
        for (HazelcastInstance member : running) {
            ClusterServiceImpl cluster =
                    ((HazelcastInstanceProxy) member).getOriginal().node.getClusterService();
            for (Member other : List.copyOf(cluster.getMembers())) {
                if (!other.localMember()) {
                    cluster.suspectMember(other, "the network fell apart", true);
                }
            }
        }
    }

    @Override
    public void close() {
        running.forEach(member -> member.getLifecycleService().terminate());
    }

    private HazelcastInstance start(boolean lite) {
        int port = freePort();
        addresses.add("127.0.0.1:" + port);
        Config config = new Config()
                .setClusterName(clusterName)
                .setLiteMember(lite)
                .addMapConfig(map)
                .setProperty("hazelcast.logging.type", "slf4j")
                .setProperty("hazelcast.phone.home.enabled", "false")
                .setProperty("hazelcast.socket.bind.any", "false")
                .setProperty("hazelcast.wait.seconds.before.join", "0")
                .setProperty("hazelcast.heartbeat.interval.seconds", "1")
                .setProperty("hazelcast.max.no.heartbeat.seconds", "5")
                .setProperty("hazelcast.merge.first.run.delay.seconds", "1")
                .setProperty("hazelcast.merge.next.run.delay.seconds", Long.toString(merging.toSeconds()))
                .setProperty("hazelcast.operation.backup.timeout.millis", "3000")
                .setProperty("hazelcast.operation.fail.on.indeterminate.state", "true");
        config.getJetConfig().setEnabled(false);
        config.getMetricsConfig().setEnabled(false);
        LogMap.prepare(config);
        config.getNetworkConfig().setPort(port).setPortAutoIncrement(false);
        config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface("127.0.0.1");
        JoinConfig join = config.getNetworkConfig().getJoin();
        join.getAutoDetectionConfig().setEnabled(false);
        join.getMulticastConfig().setEnabled(false);
        join.getTcpIpConfig().setEnabled(true).setMembers(List.copyOf(addresses));
        HazelcastInstance member = Hazelcast.newHazelcastInstance(config);
        running.add(member);
        return member;
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
