// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.census.Quota;
import dev.sluice.stream.cluster.ClusterJoin;
import dev.sluice.stream.cluster.ClusterNode;
import dev.sluice.stream.cluster.ClusterOptions;
import dev.sluice.stream.cluster.RuntimeOptions;
import dev.sluice.stream.config.ConfigLoader;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The gateway's census on a real member. */
@Timeout(120)
class MemberCountsIT {

    record Root(ClusterOptions cluster) {}

    private final ClusterNode node = join();
    private final MemberCounts counts = new MemberCounts(node);

    private static ClusterNode join() {
        Map<String, String> settings = Map.of(
                "SLUICE_CLUSTER_NAME",
                "member-counts-" + UUID.randomUUID(),
                "SLUICE_CLUSTER_MEMBERS",
                "",
                "SLUICE_CLUSTER_PORT",
                String.valueOf(20_000 + ThreadLocalRandom.current().nextInt(12_000)));
        ClusterOptions options = ConfigLoader.load(new Root(ClusterOptions.defaults()), Optional.empty(), settings)
                .cluster();
        return new ClusterJoin(options, RuntimeOptions.defaults()).join().await();
    }

    /** Or each of the operations that a report is made of would go through the keys of all others, too. */
    @Test
    void shouldGroupKeysByTheirPartition() {
        Quota quota = Quota.user("acme", "ann", 1);
        assertThat(counts.group(quota.key()))
                .isEqualTo(node.hazelcast()
                        .getPartitionService()
                        .getPartition(quota.key())
                        .getPartitionId());
        assertThat(IntStream.range(0, 100)
                        .map(i -> counts.group(Quota.user("acme", "user" + i, 1).key()))
                        .distinct())
                .hasSizeGreaterThan(10);
    }

    @Test
    void shouldReportToTheCluster() throws Exception {
        assertThat(counts.report(Map.of("a", 2)).await(30, TimeUnit.SECONDS)).isEqualTo(Map.of("a", 2));
    }

    @AfterEach
    void leave() {
        node.leave().await();
    }
}
