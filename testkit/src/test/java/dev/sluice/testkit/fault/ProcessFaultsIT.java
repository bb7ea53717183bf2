// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.stream.StreamKey;
import dev.sluice.testkit.client.Delivery;
import dev.sluice.testkit.client.PublishClient;
import dev.sluice.testkit.client.Subscriber;
import dev.sluice.testkit.cluster.GatewayProcess;
import dev.sluice.testkit.cluster.TestCluster;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Processes that are killed or halted, pushes that are lost, clocks that jump, under traffic all the time.
 */
@Isolated
@Timeout(300)
@ExtendWith(WholeCluster.class)
class ProcessFaultsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String REPAIRED = "sluice_events_repaired_total";

    private TestCluster cluster;

    @BeforeEach
    void take(TestCluster whole) {
        cluster = whole;
    }

    @Test
    void nothingShouldBeLostAndOtherShardsGoOnWhenTheOwnerOfAShardIsKilled() throws IOException {
        try (Traffic traffic = traffic()) {
            GatewayProcess victim = cluster.ownerOf(new StreamKey(traffic.org(), "service0"));
            List<SteadyPublisher> others = traffic.publishers().stream()
                    .filter(publisher -> cluster.ownerOf(new StreamKey(traffic.org(), publisher.service())) != victim)
                    .toList();
            long killedAt = System.nanoTime();
            victim.kill9();
            long resumedMs = traffic.awaitFlow("after the kill");
            long longestMs = others.stream()
                    .mapToLong(publisher -> publisher.longestMs(killedAt))
                    .max()
                    .orElse(0);
            Faulty.report("kill9 of an owner", "resumedMs", resumedMs, "longestOfOtherShardsMs", longestMs);
            assertThat(resumedMs).as("all resumed").isLessThan(5_000);
            assertThat(longestMs).as("publishes to shards of other nodes").isLessThan(2_000);
            cluster.restart(cluster.nodes().indexOf(victim));
            cluster.awaitMembers(3);
            traffic.awaitFlow("after the restart");
            traffic.finish();
            assertThat(traffic.announcements()).isEmpty();
        }
    }

    @Test
    void anEventShouldArriveAndKeepItsPositionWhenItsPublisherDiesBetweenCommitAndPush() throws IOException {
        String org = "org-" + UUID.randomUUID().toString().substring(0, 8);
        GatewayProcess publisher = cluster.publisherNode(0);
        PublishClient client = cluster.publisher(org);
        try (Subscriber subscriber = cluster.subscriber(org, "user", "finance")) {
            subscriber.connect(cluster.node(0).uri());
            client.publish(publisher.uri(), List.of(PublishClient.event("finance", "before", new JsonObject())));
            subscriber.awaitReceived(1, PATIENCE);
            List<JsonObject> orphan = List.of(PublishClient.event("finance", "orphan", new JsonObject()));
            cluster.faults().haltBeforePush(publisher);
            long start = System.nanoTime();
            assertThatThrownBy(() -> client.publish(publisher.uri(), orphan)).isInstanceOf(IOException.class);
            publisher.awaitEnd(PATIENCE);
            assertThat(publisher.exitCode()).isEqualTo(137);
            subscriber.awaitReceived(2, PATIENCE);
            Faulty.report("halt between commit and push", "deliveredMs", (System.nanoTime() - start) / 1_000_000);
            cluster.restartPublisher(0);
            JsonObject again =
                    client.publish(cluster.publisherNode(0).uri(), orphan).getJsonObject(0);
            assertThat(again.getBoolean("duplicate")).isTrue();
            assertThat(again.getLong("seq"))
                    .isEqualTo(subscriber.deliveries().get(1).seq());
            client.publish(
                    cluster.publisherNode(0).uri(), List.of(PublishClient.event("finance", "after", new JsonObject())));
            subscriber.awaitReceived(3, PATIENCE);
            assertThat(subscriber.deliveries().stream().map(Delivery::id)).containsExactly("before", "orphan", "after");
            assertThat(subscriber.violations()).isEmpty();
        }
    }

    @Test
    void publishersShouldNoticeNothingAndSessionsBeSentAwayWhenAllNodesAreRestartedInTurn() throws IOException {
        try (Traffic traffic = traffic()) {
            long start = System.nanoTime();
            cluster.faults().rollingRestart();
            long restartedMs = (System.nanoTime() - start) / 1_000_000;
            traffic.awaitFlow("after the rolling restart");
            int events = traffic.finish();
            long longestMs = traffic.publishers().stream()
                    .mapToLong(publisher -> publisher.longestMs(start))
                    .max()
                    .orElseThrow();
            Faulty.report("rolling restart", "tookMs", restartedMs, "events", events, "longestPublishMs", longestMs);
            assertThat(traffic.publishers()).allSatisfy(publisher -> assertThat(publisher.failures())
                    .as("failures of the publisher of " + publisher.service())
                    .isEmpty());
            assertThat(traffic.followers()).allSatisfy(follower -> assertThat(follower.told("goaway"))
                    .as("each of its connections but the last was sent away")
                    .hasSize(follower.connections() - 1));
            assertThat(traffic.announcements()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 20, 100})
    void everythingShouldArriveWithinAboutASecondWhenPushesAreLost(int percent) throws IOException {
        try (Traffic traffic = traffic()) {
            double repairedBefore = repaired();
            long from = System.currentTimeMillis();
            cluster.faults().dropPushes(percent);
            traffic.keepOn(Duration.ofSeconds(6));
            TestCluster.awaitUntil(PATIENCE, "a push was dropped", () -> repaired() > repairedBefore);
            cluster.faults().dropPushes(0);
            int events = traffic.finish();
            long slowestMs = traffic.followers().stream()
                    .flatMap(follower -> follower.deliveries().stream())
                    .mapToLong(Delivery::latencyMs)
                    .max()
                    .orElseThrow();
            double repaired = repaired() - repairedBefore;
            Faulty.report(
                    "pushes dropped " + percent + " %",
                    "events",
                    events,
                    "repaired",
                    repaired,
                    "slowestMs",
                    slowestMs,
                    "tookMs",
                    System.currentTimeMillis() - from);
            assertThat(repaired)
                    .as("what came from the log instead of the bus, on the three nodes together")
                    .isGreaterThan(percent == 100 ? 2.0 * events : 0);
            // A version is read each second, and what it shows may be under way for some 150 ms more.
            assertThat(slowestMs).isLessThan(3_000);
            assertThat(traffic.announcements()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1_800, -1_800})
    void nothingShouldBeLostWhenTheClockOfANodeJumps(long seconds) throws IOException {
        try (Traffic traffic = traffic()) {
            GatewayProcess node = cluster.ownerOf(new StreamKey(traffic.org(), "service0"));
            cluster.faults().clockJump(node, Duration.ofSeconds(seconds));
            long flowMs = traffic.awaitFlow("after the jump");
            assertThat(serverTime(traffic.org(), node) - System.currentTimeMillis())
                    .as("what the node takes for the time")
                    .isBetween(seconds * 1_000 - 5_000, seconds * 1_000 + 5_000);
            traffic.keepOn(Duration.ofSeconds(8)); // longer than the failure detection, which must not be fooled
            assertThat(cluster.nodes()).allMatch(process -> cluster.members(process) == 3);
            cluster.faults().clockJump(node, Duration.ZERO);
            traffic.awaitFlow("after the jump back");
            int events = traffic.finish();
            Faulty.report("clock jump " + seconds + " s", "events", events, "flowMs", flowMs);
            assertThat(traffic.announcements()).isEmpty();
        }
    }

    private long serverTime(String org, GatewayProcess node) throws IOException {
        try (Subscriber subscriber = cluster.subscriber(org, "clock", "service0")) {
            subscriber.connect(node.uri());
            return subscriber.frames().get(0).getLong("serverTime");
        }
    }

    private Traffic traffic() {
        return new Traffic(cluster, () -> cluster.publisherNode(0).uri());
    }

    private double repaired() {
        return cluster.alive().stream()
                .mapToDouble(node -> Faulty.prometheus(cluster, node, REPAIRED))
                .sum();
    }
}
