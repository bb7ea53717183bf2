// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.check;

import dev.sluice.testkit.client.Manners;
import dev.sluice.testkit.history.HistoryChecker.Allowance;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.TrustOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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

    @Option(
            names = "--subscribers",
            defaultValue = "20",
            description =
                    "With --token-file they are connections of one user, of whom a gateway takes ten by default. Default: ${DEFAULT-VALUE}")
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
                org -> tokens.of().apply(org, "publisher"),
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
            if (!workload.connect(Judge.PATIENCE)) {
                out.println("not every subscriber could subscribe within " + Judge.PATIENCE.toSeconds() + " s"
                        + workload.whyNotConnected().map(why -> ": " + why).orElse(""));
                return 1;
            }
            try (LoadTime time = command.isEmpty() ? LoadTime.of(seconds) : LoadTime.whileRunning(command)) {
                Allowance allowance = noLoss ? Allowance.NO_LOSS : Allowance.ANNOUNCED_LOSS;
                return new Judge(workload, allowance, noErrors, chosen, out).judge(time);
            }
        }
    }
}
