// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code sluice} without a verb: says which there are. */
@Command(
        name = "sluice",
        description = "A clustered realtime gateway: events in order, once, through any node.",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "VERB",
        commandListHeading = "%nVerbs:%n",
        optionListHeading = "%nOptions:%n",
        subcommands = {
            DemoCommand.class,
            NodeCommand.class,
            PublisherCommand.class,
            ClusterCommand.class,
            TokenCommand.class,
            ConfigCommand.class,
            PlanCommand.class,
            VersionCommand.class
        },
        // They are in the jar of the testkit, or a program of their own; the script hands them over.
        footer = {
            "",
            "Verbs that judge clusters, where the sources are:",
            "  check      Publishes to a deployment, roams its gateways, says whether",
            "             every promise was kept.",
            "  chaos      Does so with a local cluster that it breaks again and again.",
            "  simulate   Plays thousands of clusters a minute from seeds, and judges each.",
            "  bench      Measures the whole system beside what one would use instead."
        })
final class SluiceCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "say which verb; ./sluice demo is a good start");
    }
}
