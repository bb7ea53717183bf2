// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A program that is there or not: on the PATH, where Debian has its servers, or among what {@code .ci/run} installs from PyPI. */
public final class Tool {

    /** The project. */
    public static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    /** What is to be deployed. */
    public static final Path DEPLOY = ROOT.resolve("deploy");

    private static final long LIMIT_SECONDS = 60;

    private final Path path;

    private Tool(Path path) {
        this.path = path;
    }

    /** The program of this name; skips the test, and says so, when it is not installed. */
    public static Tool require(String name) {
        Optional<Path> found = Stream.concat(
                        Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1)),
                        Stream.of(
                                "/usr/sbin",
                                ROOT.resolve(".sluice/deploy-tools/bin").toString()))
                .map(folder -> Path.of(folder).resolve(name))
                .filter(Files::isExecutable)
                .findFirst();
        if (found.isEmpty()) {
            System.out.println("NOT CHECKED: " + name + " is not installed (.ci/run installs it)");
        }
        assumeTrue(found.isPresent(), name + " is not installed");
        return new Tool(found.get());
    }

    /** The same from PyPI only: Debian's Python knows nothing of it. */
    public static Tool requireFromPypi(String name) {
        Path path = ROOT.resolve(".sluice/deploy-tools/bin").resolve(name);
        boolean there = Files.isExecutable(path);
        if (!there) {
            System.out.println("NOT CHECKED: " + name
                    + " with deploy/tools/requirements.txt is not installed (.ci/run installs it)");
        }
        assumeTrue(there, name + " is not installed");
        return new Tool(path);
    }

    /** The whole command. */
    public List<String> command(Object... arguments) {
        List<String> command = new ArrayList<>(List.of(path.toString()));
        Arrays.stream(arguments).map(Object::toString).forEach(command::add);
        return command;
    }

    /** Runs it to its end and returns what it printed; fails when it fails. */
    public String check(Object... arguments) throws IOException, InterruptedException {
        return run(command(arguments));
    }

    /** Runs a command to its end and returns what it printed; fails when it fails. */
    static String run(List<String> command) throws IOException, InterruptedException {
        Path output = Files.createTempFile("sluice-tool", ".log");
        try {
            Process process = new ProcessBuilder(command)
                    .directory(ROOT.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            boolean ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
            if (!ended) {
                process.destroyForcibly();
            }
            String printed = Files.readString(output, StandardCharsets.UTF_8);
            assertThat(ended ? process.exitValue() : -1)
                    .as(command + "\n" + printed)
                    .isZero();
            return printed;
        } finally {
            Files.delete(output);
        }
    }
}
