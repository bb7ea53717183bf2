// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.census;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.stream.cluster.ClusterNode;
import dev.sluice.stream.cluster.TestMembers;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Counts in a real cluster, with the cluster.xml that ships. */
@Timeout(180)
class HazelcastCountsIT {

    private final String clusterName = "census-" + UUID.randomUUID();
    private final List<ClusterNode> nodes = new ArrayList<>();
    private final ClusterNode first = join();
    private final HazelcastCounts counts = counts(first);

    @AfterEach
    void leave() {
        Future.join(nodes.stream().map(ClusterNode::leave).toList()).await();
    }

    private ClusterNode join() {
        ClusterNode node = TestMembers.join(clusterName, Duration.ofSeconds(5));
        nodes.add(node);
        return node;
    }

    private static HazelcastCounts counts(ClusterNode node) {
        return new HazelcastCounts(node.vertx(), node.hazelcast());
    }

    private static Map<String, Integer> report(HazelcastCounts counts, Map<String, Integer> own) {
        try {
            return counts.report(own).await(30, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldAddUpWhatTheMembersHave() {
        HazelcastCounts others = counts(join());
        assertThat(report(counts, Map.of("a", 2, "b", 1))).isEqualTo(Map.of("a", 2, "b", 1));
        assertThat(report(others, Map.of("a", 3))).isEqualTo(Map.of("a", 5));
        assertThat(report(counts, Map.of("a", 1, "b", 1))).isEqualTo(Map.of("a", 4, "b", 1));
        assertThat(report(others, Map.of("a", 0))).isEqualTo(Map.of("a", 1));
        assertThat(report(counts, Map.of("a", 0, "b", 0))).isEqualTo(Map.of("a", 0, "b", 0));
        assertThat(first.hazelcast().getMap(HazelcastCounts.MAP).size())
                .as("nothing is left of nobody")
                .isZero();
    }

    @Test
    void shouldForgetAMemberThatDied() {
        ClusterNode second = join();
        HazelcastCounts others = counts(second);
        Map<String, Integer> own = new HashMap<>();
        for (int i = 0; i < 50; i++) {
            own.put("key" + i, 1);
        }
        report(others, own);
        assertThat(report(counts, own).values()).containsOnly(2);

        nodes.remove(second);
        second.hazelcast().getLifecycleService().terminate();
        second.vertx().close();

        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(report(counts, own).values()).containsOnly(1));
    }

    @Test
    void shouldBeRightAgainAfterTheNextReportWhenAnOwnerDied() {
        ClusterNode second = join();
        ClusterNode third = join();
        HazelcastCounts others = counts(second);
        Map<String, Integer> own = new HashMap<>();
        for (int i = 0; i < 50; i++) {
            own.put("key" + i, 1);
        }
        report(counts, own);
        report(others, own);

        nodes.remove(third);
        third.hazelcast().getLifecycleService().terminate();
        third.vertx().close();

        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            report(counts, own);
            assertThat(report(others, own).values()).containsOnly(2);
        });
    }

    @Test
    void shouldKnowThePartitionOfAKey() {
        assertThat(counts.partition("a"))
                .isEqualTo(first.hazelcast()
                        .getPartitionService()
                        .getPartition("a")
                        .getPartitionId());
    }

    @Test
    void shouldFailOnceItHasLeft() {
        first.leave().await();
        assertThat(counts.partition("a")).as("whatever it is").isNotNegative();
        assertThat(counts.report(Map.of("a", 1)).failed()).isTrue();
    }
}
