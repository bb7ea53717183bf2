// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.client.Delivery;
import dev.sluice.testkit.cluster.ClusterPlan;
import dev.sluice.testkit.cluster.TestCluster;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Three gateways of an older build become three of this one, and those of this one three of the older one, under traffic. Runs only when
 * {@code -Dsluice.jar.before=FILE} names the older build's jar (docs/reliability.md).
 */
@Isolated
@Timeout(600)
@EnabledIfSystemProperty(named = RollingUpgradeIT.BEFORE, matches = ".+")
class RollingUpgradeIT {

    static final String BEFORE = "sluice.jar.before";

    private final Path before = Path.of(System.getProperty(BEFORE)).toAbsolutePath();
    private final Path now = Path.of(System.getProperty("sluice.jar")).toAbsolutePath();

    @Test
    void nobodyShouldNoticeWhenAllNodesAreUpgraded() throws IOException {
        replace("upgrade", before, now);
    }

    @Test
    void nobodyShouldNoticeWhenAllNodesAreRolledBack() throws IOException {
        replace("roll-back", now, before);
    }

    private static void replace(String what, Path from, Path to) throws IOException {
        // The publisher stays: publishers are the services' own processes, and upgraded at another time.
        ClusterPlan plan = ClusterPlan.of(3).withPublishers(1).withSettings(Faulty.SETTINGS);
        try (TestCluster cluster = TestCluster.start(plan, from);
                Traffic traffic =
                        new Traffic(cluster, () -> cluster.publisherNode(0).uri())) {
            long start = System.nanoTime();
            cluster.faults().upgrade(to);
            long tookMs = (System.nanoTime() - start) / 1_000_000;
            traffic.awaitFlow("after the " + what);
            int events = traffic.finish();
            long slowestMs = traffic.followers().stream()
                    .flatMap(follower -> follower.deliveries().stream())
                    .filter(delivery -> !delivery.replay())
                    .mapToLong(Delivery::latencyMs)
                    .max()
                    .orElseThrow();
            Faulty.report("rolling " + what, "tookMs", tookMs, "events", events, "slowestLiveMs", slowestMs);
            assertThat(traffic.publishers()).allSatisfy(publisher -> assertThat(publisher.failures())
                    .as("failures of the publisher of " + publisher.service())
                    .isEmpty());
            assertThat(traffic.announcements()).as("gaps").isEmpty();
            assertThat(cluster.nodes()).allSatisfy(node -> assertThat(node.errors())
                    .as("errors logged by " + node.name())
                    .isEmpty());
        }
    }
}
