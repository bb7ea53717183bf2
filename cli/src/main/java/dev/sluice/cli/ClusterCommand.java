// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli;

import dev.sluice.cli.local.ClusterSecret;
import dev.sluice.cli.local.LocalCluster;
import dev.sluice.cli.local.LocalClusterPlan;
import dev.sluice.stream.config.Secret;
import java.io.File;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sluice cluster N}. */
@Command(
        name = "cluster",
        description = "Runs N gateway nodes and a publisher as separate processes on this machine, until Ctrl-C.",
        footer = {
            "",
            "Examples:",
            "  ./sluice cluster 3",
            "  ./sluice cluster 5 --port 4100 --cluster-port 5801",
            "  ./sluice token --cluster      (a token for it, from another terminal)"
        })
final class ClusterCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigSource source;

    @Parameters(paramLabel = "N", description = "How many gateway nodes, 1 to 20.")
    private int nodes;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "HTTP port of the first node; the others and the publisher have the next. 4000 by default.")
    private int port = 4000;

    @Option(
            names = "--cluster-port",
            paramLabel = "PORT",
            description = "First of N + 1 ports for the cluster. 5701 by default.")
    private int clusterPort = 5701;

    @Override
    public Integer call() throws InterruptedException {
        LocalClusterPlan plan = plan();
        SluiceConfig config = source.load(); // what is wrong with it is better said once than by each process
        Secret secret = config.auth().secret().orElseGet(ClusterSecret::random);
        ClusterSecret.write(secret);
        PrintWriter out = spec.commandLine().getOut();
        LocalCluster cluster = new LocalCluster(plan, program(), arguments(), secret, out);
        Runtime.getRuntime().addShutdownHook(new Thread(cluster::stop, "sluice-cluster-stop"));
        cluster.start();
        printSummary(out, plan, secret);
        cluster.awaitEnd();
        return ExitCode.SOFTWARE; // nobody asked them to
    }

    private LocalClusterPlan plan() {
        try {
            return new LocalClusterPlan(nodes, port, clusterPort);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
    }

    /** This program as it was started: from the same jar, with the same Java and the same options of the JVM. */
    private List<String> program() {
        String classPath = System.getProperty("java.class.path");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(
                classPath.endsWith(".jar") && !classPath.contains(File.pathSeparator)
                        ? List.of("-jar", classPath)
                        : List.of("-cp", classPath, Main.class.getName()));
        return command;
    }

    private List<String> arguments() {
        List<String> arguments = new ArrayList<>(List.of(ParentWatch.OPTION));
        source.file(System.getenv())
                .ifPresent(file -> arguments.addAll(
                        List.of("--config", file.toAbsolutePath().toString())));
        return arguments;
    }

    private void printSummary(PrintWriter out, LocalClusterPlan plan, Secret secret) {
        out.println();
        out.printf("%d nodes are ready. Ctrl-C stops them.%n%n", plan.nodes());
        for (int i = 0; i < plan.nodes(); i++) {
            out.printf("  node-%-5d http://127.0.0.1:%d/%n", i + 1, plan.port() + i);
        }
        out.printf("  publisher  http://127.0.0.1:%d/%n%n", plan.publisherPort());
        out.printf("  export TOKEN=%s%n%n", TokenCommand.token(secret));
        out.flush();
    }
}
