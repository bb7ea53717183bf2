// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Prometheus's own tool, where there is one: what needs it is skipped elsewhere, and says so. */
final class Promtool {

    private Promtool() {}

    /** How a run ended. */
    record Result(int code, String output) {}

    /** Runs it in deploy/prometheus. */
    static Result run(byte[] input, String... arguments) throws IOException, InterruptedException {
        boolean there = Stream.of(System.getenv("PATH").split(Pattern.quote(File.pathSeparator)))
                .anyMatch(folder -> Path.of(folder, "promtool").toFile().canExecute());
        String missing = "there is no promtool on the PATH, so it DID NOT RUN: promtool " + String.join(" ", arguments);
        if (!there) {
            System.out.println(missing);
        }
        Assumptions.assumeTrue(there, missing);
        List<String> command = new ArrayList<>(List.of("promtool"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .directory(new File("../deploy/prometheus"))
                .redirectErrorStream(true)
                .start();
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write(input);
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), output);
    }
}
