// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli;

import dev.sluice.stream.cluster.ClusterConfig;
import dev.sluice.stream.config.ConfigLoader;
import java.io.PrintWriter;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sluice config}: what would be in effect, without starting anything. */
@Command(
        name = "config",
        description = "Prints or checks the configuration that a node started here would have.",
        footer = {
            "",
            "Examples:",
            "  ./sluice config --print",
            "  ./sluice config --check --config /etc/sluice.yaml",
            "  SLUICE_GATEWAY_PORT=4100 ./sluice config --print"
        })
final class ConfigCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigSource source;

    @ArgGroup(multiplicity = "1")
    private Action action;

    private static final class Action {

        @Option(names = "--print", description = "Print it as YAML, without secrets.")
        private boolean print;

        @Option(names = "--check", description = "Only say whether it can be used: exit code 0 or 2.")
        private boolean check;
    }

    @Override
    public void run() {
        SluiceConfig config = source.load();
        ClusterConfig.load(config.cluster()); // a cluster.configFile of one's own can be wrong, too
        PrintWriter out = spec.commandLine().getOut();
        if (action.check) {
            out.println("The configuration is valid.");
        } else if (action.print) {
            out.print(ConfigLoader.print(config));
            out.flush();
        }
    }
}
