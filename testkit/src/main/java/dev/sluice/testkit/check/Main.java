// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.check;

import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The entry point of the testkit. Exit codes: 0 every promise was kept, 1 one was not or it could not be judged, 2 the command line is wrong. */
@Command(
        name = "sluice",
        description = "Judges clusters by what their clients see.",
        subcommands = {CheckCommand.class, ChaosCommand.class, SimulateCommand.class},
        mixinStandardHelpOptions = true)
public final class Main {

    /** Held on to, for a logger that nobody holds forgets its level. Clients that are cut off all the time would fill the screen. */
    private static final Logger CLIENTS = Logger.getLogger("io.vertx");

    private Main() {}

    /** Runs the verb and ends the process with its exit code. */
    public static void main(String[] args) {
        // The clients log nothing that a user of these commands needs, and there is no log to write to.
        CLIENTS.setLevel(Level.OFF);
        System.setProperty("slf4j.internal.verbosity", "ERROR");
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main()).setUsageHelpAutoWidth(true);
    }
}
