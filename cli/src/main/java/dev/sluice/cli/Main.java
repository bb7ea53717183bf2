// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli;

import dev.sluice.stream.config.ConfigException;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Ansi.Style;
import picocli.CommandLine.Help.ColorScheme;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** The entry point. Exit codes: 0 as asked, 1 something failed, 2 the command line or the configuration is wrong. */
public final class Main {

    private Main() {}

    /** Runs the verb and ends the process with its exit code. */
    public static void main(String[] args) {
        int exitCode = commandLine().execute(args);
        System.exit(exitCode);
    }

    /** The command line, to be executed once. */
    static CommandLine commandLine() {
        return new CommandLine(new SluiceCommand())
                .setExecutionExceptionHandler(new OneLine())
                .setParameterExceptionHandler(Main::misused)
                .setColorScheme(new ColorScheme.Builder(Ansi.AUTO)
                        .commands(Style.bold)
                        .options(Style.fg_cyan)
                        .parameters(Style.fg_cyan)
                        .build())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true);
    }

    /** What is wrong with the command line and where to read more; picocli's own handler would print the whole help. */
    private static int misused(ParameterException misuse, String[] args) {
        CommandLine command = misuse.getCommandLine();
        PrintWriter err = command.getErr();
        err.println(command.getColorScheme().errorText(misuse.getMessage()));
        UnmatchedArgumentException.printSuggestions(misuse, err);
        err.println("`./" + command.getCommandSpec().qualifiedName() + " --help` explains, with examples.");
        return ExitCode.USAGE;
    }

    /** One line that says what is wrong and what to do; a stack trace only where neither is known. */
    private static final class OneLine implements IExecutionExceptionHandler {

        @Override
        public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
            PrintWriter err = command.getErr();
            if (failure instanceof ConfigException) {
                err.println(command.getColorScheme().errorText("configuration: " + failure.getMessage()));
                err.println(
                        "Every key is explained in docs/configuration.md; `./sluice config --print` shows what is in effect.");
                return ExitCode.USAGE;
            }
            if (failure instanceof CommandFailure) {
                err.println(command.getColorScheme().errorText(failure.getMessage()));
                return ExitCode.SOFTWARE;
            }
            err.println(command.getColorScheme().richStackTraceString(failure));
            return ExitCode.SOFTWARE;
        }
    }
}
