// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.check;

import dev.sluice.testkit.history.HistoryChecker.Allowance;
import dev.sluice.testkit.history.Report;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ./sluice check}: publishes to and subscribes from any deployment, roams, and judges what was seen. */
@Command(
        name = "check",
        description = "Publishes, subscribes, roams between the gateways of any deployment, and judges what was seen.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  ./sluice check --gateways http://10.0.0.1:4000,http://10.0.0.2:4000 --secret-file secret.txt"
        })
final class CheckCommand implements Callable<Integer> {

    private static final long WINDOW_SECONDS = 60;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--gateways",
            split = ",",
            required = true,
            description = "Where to subscribe: http://a:4000,http://b:4000")
    private List<URI> gateways;

    @Option(names = "--publish", split = ",", description = "Where to publish; the gateways if not given.")
    private List<URI> doors;

    @ArgGroup(multiplicity = "1")
    private Access access;

    @Option(
            names = "--services",
            split = ",",
            defaultValue = "check-a,check-b,check-c",
            description = "Default: ${DEFAULT-VALUE}")
    private List<String> services;

    @Option(names = "--duration", defaultValue = "30", description = "Seconds of publishing. Default: ${DEFAULT-VALUE}")
    private long seconds;

    @Option(names = "--subscribers", defaultValue = "20", description = "Default: ${DEFAULT-VALUE}")
    private int subscribers;

    @Option(names = "--publishers", defaultValue = "4", description = "Default: ${DEFAULT-VALUE}")
    private int publishers;

    @Option(names = "--rate", defaultValue = "200", description = "Events a second, at most. Default: ${DEFAULT-VALUE}")
    private int rate;

    @Option(
            names = "--stay",
            defaultValue = "5",
            description =
                    "Seconds a subscriber stays with a gateway on average; 0: until it has to leave. Default: ${DEFAULT-VALUE}")
    private long staySeconds;

    @Option(names = "--no-loss", description = "Announced loss of an acknowledged event is a violation, too.")
    private boolean noLoss;

    @Option(names = "--seed", description = "Decides all that is random. Default: another every time.")
    private Long seed;

    /** Who may. */
    static final class Access {
        @Option(
                names = "--token-file",
                description = "A token with realtime:read and realtime:publish, read again at every connection.")
        private Path tokenFile;

        @Option(names = "--secret-file", description = "The development secret, to mint tokens of two orgs with.")
        private Path secretFile;

        Tokens tokens() throws IOException {
            return tokenFile != null
                    ? Tokens.fromFile(tokenFile)
                    : Tokens.minted(secretFile, List.of("check-one", "check-two"));
        }
    }

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        long chosen = seed == null ? System.nanoTime() : seed;
        Tokens tokens = access.tokens();
        Workload.Plan plan = new Workload.Plan(
                tokens.orgs(),
                tokens.of(),
                tokens.of(),
                services,
                () -> gateways,
                () -> doors == null ? gateways : doors,
                subscribers,
                publishers,
                rate,
                staySeconds * 1000,
                chosen);
        try (Workload workload = new Workload(plan)) {
            if (!workload.connect(PATIENCE)) {
                out.println("not every subscriber could subscribe within " + PATIENCE.toSeconds() + " s");
                return 1;
            }
            return run(workload, chosen, out);
        }
    }

    private int run(Workload workload, long chosen, PrintWriter out) {
        Totals totals = new Totals();
        for (long left = seconds; left > 0; left -= WINDOW_SECONDS) {
            if (left < seconds && !workload.nextWindow(PATIENCE)) {
                out.println("not every subscriber came back within " + PATIENCE.toSeconds() + " s");
                return 1;
            }
            workload.begin();
            LockSupport.parkNanos(Math.min(left, WINDOW_SECONDS) * 1_000_000_000);
            Report report = workload.end(PATIENCE, noLoss ? Allowance.NO_LOSS : Allowance.ANNOUNCED_LOSS);
            totals.add(report);
            out.println(Math.min(seconds, seconds - left + WINDOW_SECONDS) + " s: " + report.count("acknowledgedEvents")
                    + " events, " + report.count("deliveries") + " deliveries, " + report.violationCount()
                    + " violations");
            out.flush();
            if (!report.isClean()) {
                out.println(report.print(chosen));
                return 1;
            }
            if (report.count("acknowledgedEvents") == 0
                    || report.count("subscribersAttachedAtEnd") < report.count("subscribers")) {
                out.println(
                        "cannot be judged: nothing was acknowledged, or not every subscriber was connected at the end");
                out.println(report.print(chosen));
                return 1;
            }
        }
        out.print(totals.print());
        out.println("every promise was kept (P1 to P7), seed " + chosen);
        return 0;
    }
}
