// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.auth.Scope;
import dev.sluice.testkit.cluster.GatewayProcess;
import dev.sluice.testkit.cluster.TestCluster;
import dev.sluice.testkit.history.HistoryChecker.Allowance;
import dev.sluice.testkit.history.Report;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class CheckIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    @Timeout(value = 4, unit = TimeUnit.MINUTES)
    void shouldFindNothingWhenSubscribersRoamBetweenTheNodesOfACorrectCluster() throws IOException {
        try (TestCluster cluster = TestCluster.start(2)) {
            List<URI> nodes = cluster.nodes().stream().map(GatewayProcess::uri).toList();
            Workload.Plan plan = new Workload.Plan(
                    List.of("acme", "globex"),
                    org -> cluster.token(org, "reader", Scope.READ),
                    org -> cluster.token(org, "writer", Scope.PUBLISH),
                    List.of("finance", "staff"),
                    () -> nodes,
                    () -> nodes,
                    6,
                    2,
                    100,
                    200,
                    11);
            try (Workload workload = new Workload(plan)) {
                assertThat(workload.connect(PATIENCE)).isTrue();
                for (int window = 0; window < 2; window++) {
                    workload.begin();
                    TestCluster.awaitUntil(PATIENCE, "some history", () -> workload.history().size() > 2000);
                    Report report = workload.end(PATIENCE, Allowance.NO_LOSS);

                    assertThat(report.violations()).isEmpty();
                    assertThat(report.count("subscribersAttachedAtEnd")).isEqualTo(6);
                    assertThat(report.count("acknowledgedEvents")).isPositive();
                    assertThat(report.count("resumedOnAnotherNode")).isPositive();
                    assertThat(workload.nextWindow(PATIENCE)).isTrue();
                }
            }
        }
    }
}
