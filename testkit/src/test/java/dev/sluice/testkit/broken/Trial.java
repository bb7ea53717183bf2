// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.broken;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.StreamKey;
import dev.sluice.stream.auth.Scope;
import dev.sluice.testkit.check.Workload;
import dev.sluice.testkit.cluster.ClusterPlan;
import dev.sluice.testkit.cluster.GatewayProcess;
import dev.sluice.testkit.cluster.TestCluster;
import dev.sluice.testkit.history.Entry;
import dev.sluice.testkit.history.Report;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** A short run of publishers and roaming subscribers on two nodes of a build, and what the checker says to it. */
final class Trial {

    static final int SUBSCRIBERS = 6;
    static final long SEED = 1;

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int PUBLISHERS = 2;
    private static final int RATE = 200;
    private static final long SOME = 150;
    private static final double LOST_PUSHES = 30;

    private Trial() {}

    /**
     * Runs a build through its trouble.
     *
     * @param rest how long it may take at the end until everybody has everything; a broken build may never get there
     */
    static Report run(BrokenBuild build, Path folder, Duration rest) throws IOException {
        Path jar = Path.of(System.getProperty("sluice.jar")).toAbsolutePath().normalize();
        build.write(jar, folder);
        ClusterPlan plan = ClusterPlan.of(2)
                .withSwitches()
                .withSettings(build.trouble().settings())
                .withClassesBefore(folder);
        try (TestCluster cluster = TestCluster.start(plan)) {
            try (Workload workload = workload(build.trouble(), cluster)) {
                assertThat(workload.connect(PATIENCE)).as("all subscribed").isTrue();
                workload.begin();
                awaitMore(workload);
                cause(build.trouble(), cluster, workload);
                return workload.end(rest, build.trouble().allowance());
            } finally {
                // Nobody is left to be told, and a broken build need not know how to leave.
                cluster.nodes().forEach(GatewayProcess::kill9);
            }
        }
    }

    private static Workload workload(Trouble trouble, TestCluster cluster) {
        Supplier<List<URI>> nodes =
                () -> cluster.alive().stream().map(GatewayProcess::uri).toList();
        return new Workload(new Workload.Plan(
                List.of("acme", "globex"),
                (org, user) -> cluster.token(org, user, Scope.READ),
                org -> cluster.token(org, "writer", Scope.PUBLISH),
                List.of("finance", "staff"),
                nodes,
                nodes,
                SUBSCRIBERS,
                PUBLISHERS,
                RATE,
                trouble.stayMs(),
                SEED));
    }

    private static void cause(Trouble trouble, TestCluster cluster, Workload workload) throws IOException {
        GatewayProcess owner = cluster.ownerOf(new StreamKey("acme", "finance"));
        switch (trouble) {
            case ROAMING -> awaitMore(workload);
            case PUSHES_LOST -> {
                cluster.faults().dropPushes(LOST_PUSHES);
                awaitMore(workload);
                cluster.faults().dropPushes(0);
            }
            case OWNER_KILLED, OWNER_KILLED_WITHOUT_BACKUP -> owner.kill9();
            case ANSWER_LOST -> {
                cluster.faults().haltBeforePush(owner);
                owner.awaitEnd(PATIENCE);
            }
        }
        awaitMore(workload);
    }

    private static void awaitMore(Workload workload) {
        long enough = acknowledged(workload) + SOME;
        TestCluster.awaitUntil(PATIENCE, SOME + " more events", () -> acknowledged(workload) >= enough);
    }

    private static long acknowledged(Workload workload) {
        return workload.history().entries().stream()
                .filter(Entry.Acknowledged.class::isInstance)
                .count();
    }
}
