// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.impl.HazelcastInstanceProxy;
import com.hazelcast.internal.cluster.impl.ClusterServiceImpl;
import com.hazelcast.multimap.MultiMap;
import dev.sluice.gateway.hub.BusPushSource;
import dev.sluice.gateway.hub.HubOptions;
import dev.sluice.gateway.hub.PushSource;
import dev.sluice.gateway.hub.StreamFeed;
import dev.sluice.gateway.hub.StreamHub;
import dev.sluice.gateway.loop.VertxEventLoop;
import dev.sluice.gateway.ops.GatewayMetrics;
import dev.sluice.stream.Event;
import dev.sluice.stream.EventParser;
import dev.sluice.stream.StreamKey;
import dev.sluice.stream.bus.BusAddresses;
import dev.sluice.stream.bus.CommittedBatch;
import dev.sluice.stream.cluster.ClusterJoin;
import dev.sluice.stream.cluster.ClusterNode;
import dev.sluice.stream.cluster.ClusterOptions;
import dev.sluice.stream.cluster.RuntimeOptions;
import dev.sluice.stream.config.ConfigLoader;
import dev.sluice.stream.log.Commit;
import dev.sluice.stream.log.CommitResult;
import dev.sluice.stream.log.HazelcastStreamLog;
import dev.sluice.stream.log.LogOptions;
import dev.sluice.stream.log.StreamLog;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The faults after which the clustered event bus is known to be deaf: vert.x #4394 and #5202 (a node's registrations were taken from the shared
 * map while it was away, and it is not told), vertx-hazelcast #90 and #109 (they do not survive the merge of two halves). Real members, a
 * real bus; events must come by push again, without a restart.
 */
@Timeout(240)
class BusRegistrationIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final StreamKey KEY = new StreamKey("acme", "finance");

    /** Where the cluster manager keeps who listens to what. */
    private static final String REGISTRATIONS = "__vertx.subs";

    record Root(ClusterOptions cluster) {}

    private final String clusterName = "test-" + UUID.randomUUID();
    /** A range of their own: looking for the others again takes 5 s for each port at which nobody is. */
    private final int port = 29_000 + ThreadLocalRandom.current().nextInt(1_000) * 3;

    private final List<ClusterNode> nodes = new ArrayList<>();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final UUID publisher = UUID.randomUUID();
    private final AtomicInteger pushes = new AtomicInteger();
    private StreamLog log;
    private StreamHub hub;
    private StreamFeed feed;
    private long commits;
    private int shard;

    /** The hub is on the last node, what publishes is on the first. */
    @BeforeEach
    void start() throws Exception {
        for (int i = 0; i < 3; i++) {
            nodes.add(
                    new ClusterJoin(options(), RuntimeOptions.defaults()).join().await(60, TimeUnit.SECONDS));
        }
        log = open(first());
        shard = KEY.shard(log.shards());
        Context context = last().vertx().getOrCreateContext();
        VertxEventLoop loop = new VertxEventLoop(last().vertx(), context, Clock.systemUTC());
        BusPushSource bus = new BusPushSource(last().vertx());
        PushSource counted = (number, handler) -> bus.subscribe(number, batch -> {
            pushes.incrementAndGet();
            handler.accept(batch);
        });
        hub = new StreamHub(loop, open(last()), counted, HubOptions.defaults(), new GatewayMetrics(meters));
        feed = hub.attach(KEY).toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
        awaitPushes();
    }

    @AfterEach
    void stop() throws Exception {
        hub.close();
        for (ClusterNode node : nodes) {
            node.leave().await(60, TimeUnit.SECONDS);
        }
    }

    @Test
    void shouldHearPushesAgainWhenTheClusterForgotTheRegistrations() {
        MultiMap<Object, Object> registrations = first().hazelcast().getMultiMap(REGISTRATIONS);
        assertThat(registrations.remove(BusAddresses.shard(shard))).hasSize(1);
        await().atMost(PATIENCE).until(() -> !reachedByPush());

        awaitPushes();

        assertThat(registrations.get(BusAddresses.shard(shard))).hasSize(1);
        assertThat(meters.get("sluice.registration.renewals").counter().count()).isPositive();
    }

    @Test
    void shouldHearPushesAgainWhenItWasCutOffAndTheHalvesHaveMerged() {
        UUID before = last().hazelcast().getCluster().getLocalMember().getUuid();
        cutOff(last());
        assertThat(last().memberCount()).isEqualTo(1);

        await().atMost(PATIENCE).until(() -> nodes.stream().allMatch(node -> node.memberCount() == 3));

        assertThat(last().hazelcast().getCluster().getLocalMember().getUuid())
                .as("it has merged")
                .isNotEqualTo(before);
        awaitPushes();
        assertThat(first().hazelcast().getMultiMap(REGISTRATIONS).get(BusAddresses.shard(shard)))
                .as("one for the one node that listens, none of before")
                .hasSize(1);
    }

    /** Until events come by push, not by repair from the log; at the end the feed has all of them. */
    private void awaitPushes() {
        await().atMost(PATIENCE).until(this::reachedByPush);
        await().atMost(PATIENCE).until(() -> feed.buffer().head() >= commits);
    }

    private boolean reachedByPush() {
        int before = pushes.get();
        publish();
        try {
            await().atMost(Duration.ofSeconds(2)).until(() -> pushes.get() > before);
            return true;
        } catch (ConditionTimeoutException e) {
            return false;
        }
    }

    private void publish() {
        Commit commit = new Commit(shard, publisher, ++commits, List.of(event(commits)));
        await().atMost(PATIENCE).ignoreExceptions().until(() -> {
            CommitResult result =
                    log.commit(commit).toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
            CommittedBatch.of(commit, result)
                    .ifPresent(batch -> first().vertx().eventBus().publish(BusAddresses.shard(shard), batch));
            return true;
        });
    }

    private static Event event(long number) {
        String json = "{\"specversion\":\"1.0\",\"id\":\"" + number
                + "\",\"source\":\"/test\",\"type\":\"t\",\"org\":\"acme\",\"service\":\"finance\"}";
        return EventParser.parse(json.getBytes(StandardCharsets.UTF_8));
    }

    /** Each side takes the other for dead, as after a cut cable; they find one another again when they look for it, after 10 s. */
    private void cutOff(ClusterNode node) {
        for (ClusterNode other : nodes) {
            if (other != node) {
                suspect(node.hazelcast(), other.hazelcast());
                suspect(other.hazelcast(), node.hazelcast());
            }
        }
        await().atMost(PATIENCE).until(() -> node.memberCount() == 1 && first().memberCount() == 2);
    }

    private static void suspect(HazelcastInstance at, HazelcastInstance whom) {
        ClusterServiceImpl cluster =
                ((HazelcastInstanceProxy) at).getOriginal().node.getClusterService();
        Member member = cluster.getMember(whom.getCluster().getLocalMember().getUuid());
        if (member != null) {
            cluster.suspectMember(member, "a test cuts them off", true);
        }
    }

    private ClusterNode first() {
        return nodes.get(0);
    }

    private ClusterNode last() {
        return nodes.get(2);
    }

    private static StreamLog open(ClusterNode node) throws Exception {
        return HazelcastStreamLog.open(node.vertx(), node.hazelcast(), LogOptions.defaults())
                .await(60, TimeUnit.SECONDS);
    }

    private ClusterOptions options() {
        return ConfigLoader.load(
                        new Root(ClusterOptions.defaults()),
                        Optional.empty(),
                        Map.of(
                                "SLUICE_CLUSTER_NAME",
                                clusterName,
                                "SLUICE_CLUSTER_LEAVE_TIMEOUT",
                                "5s",
                                "SLUICE_CLUSTER_QUORUM",
                                "2",
                                "SLUICE_CLUSTER_PORT",
                                Integer.toString(port),
                                "SLUICE_CLUSTER_PORT_COUNT",
                                "3"))
                .cluster();
    }
}
