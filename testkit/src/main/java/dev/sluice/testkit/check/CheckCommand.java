// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.check;

import dev.sluice.testkit.client.Manners;
import dev.sluice.testkit.history.HistoryChecker.Allowance;
import dev.sluice.testkit.history.Report;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.TrustOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ./sluice check}: publishes to and subscribes from any deployment, roams, and judges what was seen. */
@Command(
        name = "check",
        description = "Publishes, subscribes, roams between the gateways of any deployment, and judges what was seen.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  ./sluice check --gateways http://10.0.0.1:4000,http://10.0.0.2:4000 --secret-file secret.txt",
            "  ./sluice check --gateways https://localhost --ca-file ca.pem --token-file token.txt --stay 0 --no-loss --no-errors -- ./roll.sh"
        })
final class CheckCommand implements Callable<Integer> {

    private static final Duration WINDOW = Duration.ofSeconds(60);
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

    @Option(
            names = "--ca-file",
            description = "Certificates (PEM) of the authorities to trust; those of the machine if not given.")
    private Path caFile;

    @Option(
            names = "--patience",
            defaultValue = "4",
            description =
                    "Seconds after which a client gives up on a gateway that says nothing. Default: ${DEFAULT-VALUE}")
    private long patienceSeconds;

    @Option(
            names = "--no-errors",
            description =
                    "What a client notices is a failure, too: a publish that is not answered 200, a connection that is refused, a close code other than 1001 and 4005, a gap.")
    private boolean noErrors;

    @Parameters(
            arity = "0..*",
            paramLabel = "COMMAND",
            description = "What to run meanwhile, after --, such as -- ./roll.sh: takes the place of --duration.")
    private List<String> command = List.of();

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
        Optional<TrustOptions> authorities =
                Optional.ofNullable(caFile).map(file -> new PemTrustOptions().addCertPath(file.toString()));
        Manners manners = new Manners(authorities, Duration.ofSeconds(patienceSeconds));
        try (Workload workload = new Workload(plan, manners)) {
            if (!workload.connect(PATIENCE)) {
                out.println("not every subscriber could subscribe within " + PATIENCE.toSeconds() + " s"
                        + workload.whyNotConnected().map(why -> ": " + why).orElse(""));
                return 1;
            }
            try (LoadTime time = command.isEmpty() ? LoadTime.of(seconds) : LoadTime.whileRunning(command)) {
                return run(workload, time, chosen, out);
            }
        }
    }

    private int run(Workload workload, LoadTime time, long chosen, PrintWriter out) throws IOException {
        Totals totals = new Totals();
        int judged = 0;
        do {
            if (time.hasBegun() && !workload.nextWindow(PATIENCE)) {
                out.println("not every subscriber came back within " + PATIENCE.toSeconds() + " s");
                return 1;
            }
            workload.begin();
            time.await(WINDOW);
            Report report = workload.end(PATIENCE, noLoss ? Allowance.NO_LOSS : Allowance.ANNOUNCED_LOSS);
            totals.add(report);
            out.println(time.seconds() + " s: " + report.count("acknowledgedEvents") + " events, "
                    + report.count("deliveries") + " deliveries, " + report.violationCount() + " violations");
            out.flush();
            if (!report.isClean()) {
                out.println(report.print(chosen));
                return 1;
            }
            if (judged > 0 && time.isOver() && report.count("attempts") == 0) {
                break; // the command had ended when this window began
            }
            judged++;
            if (!workload.isConclusive(report)) {
                out.println(
                        "cannot be judged: nothing was acknowledged, or not every subscriber was connected at the end");
                out.println(report.print(chosen));
                return 1;
            }
        } while (!time.isOver());
        out.print(totals.print());
        return verdict(totals, time, chosen, out);
    }

    private int verdict(Totals totals, LoadTime time, long chosen, PrintWriter out) {
        Map<String, Long> errors = totals.errors();
        if (noErrors && !errors.isEmpty()) {
            out.println("every promise was kept, but clients noticed something: " + errors + ", seed " + chosen);
            return 1;
        }
        if (time.exitCode() != 0) {
            out.println("every promise was kept, but the command ended with " + time.exitCode());
            return 1;
        }
        out.println("every promise was kept (P1 to P7)" + (noErrors ? ", and no client noticed an error" : "")
                + ", seed " + chosen);
        return 0;
    }
}
