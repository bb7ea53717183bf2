// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.check;

import dev.sluice.stream.auth.Scope;
import dev.sluice.testkit.cluster.ClusterPlan;
import dev.sluice.testkit.cluster.GatewayProcess;
import dev.sluice.testkit.cluster.TestCluster;
import dev.sluice.testkit.history.HistoryChecker.Allowance;
import dev.sluice.testkit.history.Report;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ./sluice chaos}: a local cluster of real processes, faults of mixed kinds from a seed, judged window by window. */
@Command(
        name = "chaos",
        description = "Starts a local cluster, breaks it again and again, and judges what its clients see.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  ./sluice chaos --faults 100 --seed 7",
            "  sudo ./sluice chaos --faults 1000 --network"
        })
final class ChaosCommand implements Callable<Integer> {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final List<String> SERVICES = List.of("finance", "staff", "documents", "orders", "stock", "billing");

    @Spec
    private CommandSpec spec;

    @Option(names = "--faults", defaultValue = "100", description = "How many. Default: ${DEFAULT-VALUE}")
    private int faults;

    @Option(names = "--seed", defaultValue = "1", description = "Decides all that is random. Default: ${DEFAULT-VALUE}")
    private long seed;

    @Option(names = "--nodes", defaultValue = "3", description = "Gateways, at least 2. Default: ${DEFAULT-VALUE}")
    private int nodes;

    @Option(names = "--subscribers", defaultValue = "20", description = "Default: ${DEFAULT-VALUE}")
    private int subscribers;

    @Option(names = "--publishers", defaultValue = "4", description = "Default: ${DEFAULT-VALUE}")
    private int publishers;

    @Option(names = "--rate", defaultValue = "100", description = "Events a second, at most. Default: ${DEFAULT-VALUE}")
    private int rate;

    @Option(
            names = "--window",
            defaultValue = "10",
            description = "Faults between two judgements. Default: ${DEFAULT-VALUE}")
    private int window;

    @Option(
            names = "--network",
            description = "Faults of the network, too (Linux, needs the privilege to make network namespaces).")
    private boolean network;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        ClusterPlan plan = ClusterPlan.of(nodes).withPublishers(1).withSwitches();
        try (TestCluster cluster = TestCluster.start(network ? plan.withNetwork(seed) : plan)) {
            // Not asked of the cluster at every connection: a node that is just starting does not know its port yet.
            AtomicReference<List<URI>> gateways = new AtomicReference<>();
            AtomicReference<List<URI>> doors = new AtomicReference<>();
            Runnable look = () -> {
                gateways.set(cluster.nodes().stream().map(GatewayProcess::uri).toList());
                doors.set(cluster.processes().stream().map(GatewayProcess::uri).toList());
            };
            look.run();
            Workload.Plan load = new Workload.Plan(
                    List.of("acme", "globex"),
                    (org, user) -> cluster.token(org, user, Scope.READ),
                    org -> cluster.token(org, "chaos", Scope.PUBLISH),
                    SERVICES,
                    gateways::get,
                    doors::get,
                    subscribers,
                    publishers,
                    rate,
                    5000,
                    seed);
            try (Workload workload = new Workload(load)) {
                return run(cluster, workload, look, out);
            }
        }
    }

    private int run(TestCluster cluster, Workload workload, Runnable look, PrintWriter out)
            throws IOException, InterruptedException {
        ChaosMonkey monkey = new ChaosMonkey(cluster, workload, look, seed, network);
        Totals totals = new Totals();
        boolean here = workload.connect(PATIENCE);
        while (here && monkey.injected() < faults) {
            workload.begin();
            for (int i = 0; i < window && monkey.injected() < faults; i++) {
                monkey.next();
            }
            Report report = workload.end(PATIENCE, Allowance.NO_LOSS);
            totals.add(report);
            out.printf(
                    "%d faults: %,d events, %,d deliveries, %d violations in this window%n",
                    monkey.injected(),
                    report.count("acknowledgedEvents"),
                    report.count("deliveries"),
                    report.violationCount());
            if (!report.isClean()) {
                out.print(report.print(seed));
            }
            out.flush();
            here = workload.isConclusive(report) && workload.nextWindow(PATIENCE);
        }
        out.print(totals.markdown());
        if (!here) {
            out.println("nothing was acknowledged, or not every subscriber came back within " + PATIENCE.toSeconds()
                    + " s: stopped after " + monkey.injected() + " faults");
        }
        out.flush();
        return here && totals.violations() == 0 ? 0 : 1;
    }
}
