// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.hazelcast.core.Hazelcast;
import com.hazelcast.map.IMap;
import com.hazelcast.nio.serialization.HazelcastSerializationException;
import com.hazelcast.splitbrainprotection.SplitBrainProtectionException;
import dev.sluice.stream.Position;
import dev.sluice.stream.StreamKey;
import dev.sluice.stream.config.ConfigException;
import dev.sluice.stream.config.ConfigLoader;
import dev.sluice.stream.log.HazelcastStreamLog;
import dev.sluice.stream.log.LogMap;
import dev.sluice.stream.log.LogOptions;
import dev.sluice.stream.log.LogSlice;
import dev.sluice.stream.log.StreamLog;
import io.vertx.core.eventbus.Message;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ClusterNodeIT {

    record Root(ClusterOptions cluster, RuntimeOptions runtime) {}

    private final String clusterName = "test-" + UUID.randomUUID();
    private final List<ClusterNode> nodes = new ArrayList<>();

    @AfterEach
    void leaveAll() throws Exception {
        for (ClusterNode node : nodes) {
            node.leave().await(60, TimeUnit.SECONDS);
        }
    }

    @Test
    void shouldCarryRequestsBetweenNodesThatJoined() throws Exception {
        ClusterNode first = join(Map.of());
        ClusterNode second = join(Map.of());
        first.vertx()
                .eventBus()
                .<String>consumer("greet", message -> message.reply("hello " + message.body()))
                .completion()
                .await(10, TimeUnit.SECONDS);

        Message<String> reply =
                second.vertx().eventBus().<String>request("greet", "world").await(10, TimeUnit.SECONDS);

        assertThat(reply.body()).isEqualTo("hello world");
        assertThat(first.memberCount()).isEqualTo(2);
        assertThat(first.nodeId()).isNotEqualTo(second.nodeId());
        assertThat(first.hasQuorum()).as("none is asked for").isTrue();
    }

    @Test
    void shouldRefuseOurMapsButNotThoseOfVertxWhileThereIsNoQuorum() throws Exception {
        ClusterNode first = join(Map.of("QUORUM", "2"));
        IMap<String, String> log = first.hazelcast().getMap(LogMap.NAME);

        assertThat(first.hasQuorum()).isFalse();
        assertThatExceptionOfType(SplitBrainProtectionException.class).isThrownBy(() -> log.put("shard", "x"));
        assertThatExceptionOfType(SplitBrainProtectionException.class).isThrownBy(() -> log.get("shard"));

        ClusterNode second = join(Map.of("QUORUM", "2"));
        await().atMost(Duration.ofSeconds(10)).until(() -> first.hasQuorum() && second.hasQuorum());
        log.put("shard", "y");
        second.leave().await(60, TimeUnit.SECONDS);

        await().atMost(Duration.ofSeconds(10)).until(() -> !first.hasQuorum());
        assertThatExceptionOfType(SplitBrainProtectionException.class).isThrownBy(() -> log.put("shard", "z"));
    }

    @Test
    void shouldNotCountALiteMemberForTheQuorum() throws Exception {
        ClusterNode data = join(Map.of("QUORUM", "2"));
        ClusterNode publisher = joined(
                new ClusterJoin(options(Map.of("QUORUM", "2")).cluster(), RuntimeOptions.defaults()).asLiteMember());

        assertThat(publisher.hazelcast().getCluster().getMembers()).hasSize(2);
        assertThat(publisher.memberCount()).isEqualTo(1);
        // The quorum is looked at again with every heartbeat (1 s); several of those must not change it.
        await().during(Duration.ofSeconds(3))
                .atMost(Duration.ofSeconds(10))
                .until(() -> !data.hasQuorum() && !publisher.hasQuorum());
    }

    @Test
    void shouldNoticeWithinSecondsWhenANodeDies() throws Exception {
        ClusterNode survivor = join(Map.of());
        ClusterNode victim = join(Map.of());
        assertThat(survivor.memberCount()).isEqualTo(2);

        victim.hazelcast().getLifecycleService().terminate(); // cuts its connections without a word

        await().atMost(Duration.ofSeconds(10)).until(() -> survivor.memberCount() == 1);
        await().atMost(Duration.ofSeconds(10)).until(() -> victim.lost().succeeded());
        assertThat(victim.hasQuorum()).isFalse();
        assertThat(victim.memberCount()).isZero();
        assertThat(survivor.lost().isComplete()).isFalse();
    }

    @Test
    void shouldKeepEveryEntryWhenNodesLeaveOneAfterTheOther() throws Exception {
        ClusterNode first = join(Map.of());
        ClusterNode second = join(Map.of());
        IMap<Integer, String> log = first.hazelcast().getMap(LogMap.NAME);
        for (int shard = 0; shard < 32; shard++) {
            log.put(shard, "entry " + shard);
        }

        first.leave().await(60, TimeUnit.SECONDS);

        assertThat(second.hazelcast().getMap(LogMap.NAME).size()).isEqualTo(32);
        assertThat(first.lost().isComplete()).as("it left on purpose").isFalse();
        assertThat(first.leave()).as("a second call").isSameAs(first.leave());
    }

    @Test
    void shouldStartAtOnceAndAloneWhenItLooksForNobody() throws Exception {
        ClusterNode other = join(Map.of());
        long start = System.nanoTime();

        ClusterNode alone = joined(new ClusterJoin(
                options(Map.of()).cluster().alone("alone-" + UUID.randomUUID()), RuntimeOptions.defaults()));

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        assertThat(alone.memberCount()).isEqualTo(1);
        assertThat(other.memberCount()).isEqualTo(1);
        alone.hazelcast().getMap(LogMap.NAME).put("shard", "accepted without waiting for a heartbeat");
    }

    @Test
    void shouldListenOnTheGivenAddressOnly() throws Exception {
        ClusterNode node = join(Map.of());
        InetSocketAddress address =
                node.hazelcast().getCluster().getLocalMember().getSocketAddress();

        assertThat(address.getHostString()).isEqualTo("127.0.0.1");
        assertThatCode(() -> new Socket(loopback(1), address.getPort()).close()).doesNotThrowAnyException();
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> new Socket(loopback(2), address.getPort()).close());
    }

    @Test
    void shouldRefuseToDeserialiseWhatIsNotNeeded() throws Exception {
        ClusterNode node = join(Map.of());
        IMap<String, Object> map = node.hazelcast().getMap("sluice.cluster");
        map.put("allowed", new ArrayDeque<>(List.of("x")));
        map.put("refused", URI.create("http://example.com"));

        assertThat(map.get("allowed")).isInstanceOf(ArrayDeque.class);
        assertThatExceptionOfType(HazelcastSerializationException.class)
                .isThrownBy(() -> map.get("refused"))
                .withMessageContaining("java.net.URI is not allowed");
    }

    @Test
    void shouldApplyWhatTheCallerChanges() throws Exception {
        List<String> seen = new CopyOnWriteArrayList<>();

        ClusterNode node = joined(new ClusterJoin(options(Map.of()).cluster(), new RuntimeOptions(TransportKind.NIO, 3))
                .hazelcast(config -> config.setProperty("sluice.test", "one"))
                .hazelcast(config -> config.setProperty("sluice.test", config.getProperty("sluice.test") + " two"))
                .vertxOptions(vertxOptions -> seen.add("loops " + vertxOptions.getEventLoopPoolSize()))
                .vertx(builder -> {
                    seen.add("builder");
                    return builder;
                }));

        assertThat(node.hazelcast().getConfig().getProperty("sluice.test")).isEqualTo("one two");
        assertThat(seen).containsExactly("loops 3", "builder");
        assertThat(node.transport()).isEqualTo("nio");
    }

    @Test
    void shouldBeWhatTheLogNeeds() throws Exception {
        ClusterNode first = join(Map.of());
        ClusterNode second = join(Map.of());
        LogOptions options = LogOptions.defaults();
        StreamLog writer = HazelcastStreamLog.open(first.vertx(), first.hazelcast(), options)
                .await(30, TimeUnit.SECONDS);
        StreamLog reader = HazelcastStreamLog.open(second.vertx(), second.hazelcast(), options)
                .await(30, TimeUnit.SECONDS);
        StreamKey key = new StreamKey("42", "finance");

        LogSlice written = writer.read(key, Position.MAX_SEQ, 0, 0).await(30, TimeUnit.SECONDS); // makes the stream
        LogSlice read = reader.read(key, Position.MAX_SEQ, 0, 0).await(30, TimeUnit.SECONDS);

        assertThat(read.epoch()).isEqualTo(written.epoch());
    }

    @Test
    void shouldLeaveNothingRunningWhenVertxCannotStart() {
        ClusterOptions taken = options(Map.of("BUS_HOST", "192.0.2.1")).cluster(); // an address of nobody

        assertThatExceptionOfType(Exception.class)
                .isThrownBy(() ->
                        new ClusterJoin(taken, RuntimeOptions.defaults()).join().await(60, TimeUnit.SECONDS));

        assertThat(Hazelcast.getAllHazelcastInstances()).isEmpty();
    }

    @Test
    void shouldFailClearlyWhenTheTransportDoesNotWorkHere() {
        RuntimeOptions runtime = new RuntimeOptions(TransportKind.IO_URING, 0); // its library is not among the test's

        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> new ClusterJoin(options(Map.of()).cluster(), runtime)
                        .join()
                        .await(60, TimeUnit.SECONDS))
                .withMessageStartingWith("runtime.transport io_uring does not work here: ")
                .withMessageEndingWith("; use auto");
    }

    private static InetAddress loopback(int last) throws IOException {
        return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
    }

    private ClusterNode join(Map<String, String> keys) throws Exception {
        Root root = options(keys);
        return joined(new ClusterJoin(root.cluster(), root.runtime()));
    }

    private ClusterNode joined(ClusterJoin join) throws Exception {
        ClusterNode node = join.join().await(60, TimeUnit.SECONDS);
        nodes.add(node);
        return node;
    }

    private Root options(Map<String, String> keys) {
        Map<String, String> environment = new HashMap<>();
        environment.put("SLUICE_CLUSTER_NAME", clusterName);
        environment.put("SLUICE_CLUSTER_PORT", Integer.toString(ForkPorts.first()));
        environment.put("SLUICE_CLUSTER_LEAVE_TIMEOUT", "5s");
        keys.forEach((key, value) -> environment.put("SLUICE_CLUSTER_" + key, value));
        return ConfigLoader.load(
                new Root(ClusterOptions.defaults(), RuntimeOptions.defaults()), Optional.empty(), environment);
    }
}
