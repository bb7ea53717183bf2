// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.fault;

import dev.sluice.testkit.cluster.GatewayProcess;
import dev.sluice.testkit.cluster.TestCluster;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/** More nodes lost at once than there are backups, and the quorum with them. */
@Isolated
@Timeout(300)
@ExtendWith(WholeCluster.class)
class LostMajorityIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void nothingShouldBePretendedWhenTwoOfThreeNodesAreLostAtOnce(TestCluster cluster) throws IOException {
        try (Traffic traffic =
                new Traffic(cluster, () -> cluster.publisherNode(0).uri())) {
            cluster.nodes().subList(1, 3).parallelStream().forEach(GatewayProcess::kill9);
            TestCluster.awaitUntil(PATIENCE, "the last one is not ready", () -> !cluster.isReady(cluster.node(0)));
            Faulty.assertRefusesAtOnce(cluster, cluster.node(0), traffic.org());
            cluster.restart(1);
            cluster.restart(2);
            cluster.awaitMembers(3);
            traffic.awaitFlow("with two new nodes");
            int events = traffic.finish();
            Faulty.report(
                    "two of three lost",
                    "events",
                    events,
                    "announced",
                    traffic.announcements().size());
        }
    }
}
