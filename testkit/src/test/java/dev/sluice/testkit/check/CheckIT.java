// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.auth.Scope;
import dev.sluice.testkit.cluster.GatewayProcess;
import dev.sluice.testkit.cluster.TestCluster;
import dev.sluice.testkit.history.Entry;
import dev.sluice.testkit.history.HistoryChecker.Allowance;
import dev.sluice.testkit.history.Report;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class CheckIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static TestCluster cluster;

    @BeforeAll
    static void start() throws IOException {
        cluster = TestCluster.start(2);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    private static Workload workload() {
        List<URI> nodes = cluster.nodes().stream().map(GatewayProcess::uri).toList();
        return new Workload(new Workload.Plan(
                List.of("acme", "globex"),
                (org, user) -> cluster.token(org, user, Scope.READ),
                org -> cluster.token(org, "writer", Scope.PUBLISH),
                List.of("finance", "staff"),
                () -> nodes,
                () -> nodes,
                6,
                2,
                100,
                200,
                11));
    }

    @Test
    @Timeout(value = 4, unit = TimeUnit.MINUTES)
    void shouldFindNothingWhenSubscribersRoamBetweenTheNodesOfACorrectCluster() {
        try (Workload workload = workload()) {
            assertThat(workload.connect(PATIENCE)).isTrue();
            for (int window = 0; window < 2; window++) {
                workload.begin();
                awaitHistory(workload, 2000);
                Report report = workload.end(PATIENCE, Allowance.NO_LOSS);

                assertThat(report.violations()).isEmpty();
                assertThat(report.count("subscribersAttachedAtEnd")).isEqualTo(6);
                assertThat(report.count("acknowledgedEvents")).isPositive();
                assertThat(report.count("resumedOnAnotherNode")).isPositive();
                assertThat(workload.nextWindow(PATIENCE)).isTrue();
            }
        }
    }

    @Test
    @Timeout(value = 4, unit = TimeUnit.MINUTES)
    void shouldNotAskForEventsOfAWindowThatBeganWhenTheCommandHadEnded() throws IOException {
        StringWriter printed = new StringWriter();
        try (Workload workload = workload();
                LoadTime time = new TwoWindows(() -> awaitAnEvent(workload))) {
            assertThat(workload.connect(PATIENCE)).isTrue();
            Judge judge = new Judge(workload, Allowance.NO_LOSS, true, 11, new PrintWriter(printed));

            assertThat(judge.judge(time)).as(printed.toString()).isZero();
        }

        assertThat(printed.toString().lines())
                .filteredOn(line -> line.endsWith(" violations"))
                .hasSize(2);
        assertThat(printed.toString()).contains("every promise was kept");
    }

    private static void awaitHistory(Workload workload, int entries) {
        TestCluster.awaitUntil(
                PATIENCE, "some history", () -> workload.history().size() > entries);
    }

    /** Those who roam make a history before the first event. */
    private static void awaitAnEvent(Workload workload) {
        TestCluster.awaitUntil(PATIENCE, "an event that was acknowledged", () -> workload.history().entries().stream()
                .anyMatch(Entry.Acknowledged.class::isInstance));
    }

    /** Of a command that ends between the first window and the second. */
    private static final class TwoWindows extends LoadTime {

        private final Runnable first;
        private int passed;

        TwoWindows(Runnable first) {
            this.first = first;
        }

        @Override
        void begin() {
            // it does nothing
        }

        @Override
        void pass(Duration atMost) {
            passed++;
            if (passed == 1) {
                first.run();
            }
        }

        @Override
        boolean isOver() {
            return passed > 1;
        }

        @Override
        int exitCode() {
            return 0;
        }

        @Override
        public void close() {
            // nothing runs
        }
    }
}
