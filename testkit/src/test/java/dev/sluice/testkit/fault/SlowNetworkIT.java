// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.cluster.GatewayProcess;
import dev.sluice.testkit.cluster.TestCluster;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/** A bad network between all nodes, but one: nobody may be taken for dead, nothing may be lost. */
@Isolated
@Timeout(300)
@ExtendWith(WholeCluster.class)
class SlowNetworkIT {

    @Test
    void nothingShouldBeLostAndNobodyBeTakenForDeadWhenTheNetworkIsSlowAndLossy(TestCluster cluster)
            throws IOException {
        Faulty.assumeNetwork();
        try (Traffic traffic =
                new Traffic(cluster, () -> cluster.publisherNode(0).uri())) {
            cluster.faults().everyLink(rule -> rule.withDelay(Duration.ofMillis(50), Duration.ofMillis(5))
                    .withLoss(2)
                    .withReorder(5)
                    .withDuplicate(1));
            long flowMs = traffic.awaitFlow("on the bad network");
            traffic.keepOn(Faulty.PAUSE);
            long worstMs = traffic.awaitFlow("still on the bad network");
            for (GatewayProcess node : cluster.nodes()) {
                assertThat(cluster.members(node)).as(node.name()).isEqualTo(3);
            }
            assertThat(traffic.followers())
                    .as("nobody was sent away or cut off")
                    .allMatch(follower -> follower.connections() == 1);
            assertThat(cluster.faults().wire().dropped("publisher-0", "node-0")).isPositive();
            cluster.faults().heal();
            traffic.awaitFlow("on the good network");
            int events = traffic.finish();
            Faulty.report("50 ms, 2 % loss, reorder", "events", events, "flowMs", flowMs, "worstMs", worstMs);
            assertThat(traffic.announcements()).isEmpty();
        }
    }
}
