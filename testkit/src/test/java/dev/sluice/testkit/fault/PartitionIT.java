// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.client.PublishClient;
import dev.sluice.testkit.cluster.GatewayProcess;
import dev.sluice.testkit.cluster.TestCluster;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/** Two nodes and the publisher on one side, a node alone on the other; clients reach both sides all the time. */
@Isolated
@Timeout(300)
@ExtendWith(WholeCluster.class)
class PartitionIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration DETECTION = Duration.ofSeconds(20);

    private TestCluster cluster;

    @BeforeEach
    void take(TestCluster whole) {
        Faulty.assumeNetwork();
        cluster = whole;
    }

    @Test
    void theMinorityShouldRefuseAndSendAwayAndTheMajorityGoOnWhenTheNetworkIsCutInTwo() throws IOException {
        GatewayProcess minority = cluster.node(2);
        try (Traffic traffic = traffic()) {
            List<Follower> followersThere = traffic.followers().stream()
                    .filter(follower -> follower.node().equals(minority.name()))
                    .toList();
            assertThat(followersThere).isNotEmpty();
            long cutAt = System.nanoTime();
            cluster.faults().isolate(minority);
            TestCluster.awaitUntil(DETECTION, "the minority is not ready", () -> !cluster.isReady(minority));
            long notReadyMs = since(cutAt);
            TestCluster.awaitUntil(DETECTION, "its sessions are told to go", () -> followersThere.stream()
                    .noneMatch(follower -> follower.told("goaway").isEmpty()));
            long toldMs = since(cutAt);
            Faulty.assertRefusesAtOnce(cluster, minority, traffic.org());
            long majorityMs = traffic.awaitFlow("in the majority");
            assertThat(traffic.followers())
                    .noneMatch(follower -> follower.node().equals(minority.name()));
            long left = Faulty.PARTITION.toMillis() - since(cutAt);
            traffic.keepOn(Duration.ofMillis(Math.max(0, left)));
            Faulty.assertRefusesAtOnce(cluster, minority, traffic.org());

            long healedAt = System.nanoTime();
            cluster.faults().heal();
            cluster.awaitMembers(3);
            Faulty.report(
                    "partition",
                    "notReadyMs",
                    notReadyMs,
                    "toldMs",
                    toldMs,
                    "majorityFlowMs",
                    majorityMs,
                    "togetherMs",
                    since(healedAt));
            assertThat(minority.isAlive()).as("it came back without a restart").isTrue();
            traffic.awaitFlow("after the healing");
            assertPushesReach(minority, traffic.org());
            traffic.finish();
            assertThat(traffic.announcements())
                    .as("the majority held everything")
                    .isEmpty();
        }
    }

    @Test
    void nothingShouldBeLostWhenOneDirectionIsCut() throws IOException {
        GatewayProcess deaf = cluster.node(2);
        try (Traffic traffic = traffic()) {
            for (GatewayProcess other : cluster.processes()) {
                if (other != deaf) {
                    cluster.faults().cut(other, deaf);
                }
            }
            long cutAt = System.nanoTime();
            traffic.awaitFlow("without the deaf node");
            long flowMs = since(cutAt);
            traffic.keepOn(Duration.ofMillis(Math.max(0, Faulty.PARTITION.toMillis() - since(cutAt))));
            cluster.faults().heal();
            cluster.awaitMembers(3);
            traffic.awaitFlow("after the healing");
            int events = traffic.finish();
            Faulty.report("one-way cut", "events", events, "flowMs", flowMs);
            assertThat(traffic.announcements()).isEmpty();
        }
    }

    /** That it hears its shards on the bus again, and does not live on repairs from the log. */
    private void assertPushesReach(GatewayProcess node, String org) throws IOException {
        try (var subscriber = cluster.subscriber(org, "after", "pushed")) {
            subscriber.connect(node.uri());
            PublishClient publisher = cluster.publisher(org);
            URI door = cluster.publisherNode(0).uri();
            int sent = 0;
            double repaired = 1;
            // Registrations may take a moment to get round: until a whole round comes by the bus alone.
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (repaired > 0 && System.nanoTime() - deadline < 0) {
                double before = Faulty.prometheus(cluster, node, "sluice_events_repaired_total");
                for (int i = 0; i < 20; i++) {
                    publisher.publish(door, List.of(PublishClient.event("pushed", "pushed-" + sent, new JsonObject())));
                    sent++;
                    subscriber.awaitReceived(sent, PATIENCE);
                }
                repaired = Faulty.prometheus(cluster, node, "sluice_events_repaired_total") - before;
            }
            assertThat(repaired)
                    .as("events that had to be repaired on " + node.name())
                    .isZero();
            assertThat(subscriber.violations()).isEmpty();
        }
    }

    private static long since(long nanoTime) {
        return (System.nanoTime() - nanoTime) / 1_000_000;
    }

    private Traffic traffic() {
        return new Traffic(cluster, () -> cluster.publisherNode(0).uri());
    }
}
