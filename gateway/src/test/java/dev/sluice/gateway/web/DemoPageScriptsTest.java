// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs the tests of the demo page's scripts, which are written in JavaScript; skipped where there is no Node.js. */
class DemoPageScriptsTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int OLDEST_NODE = 20;

    @TempDir
    private Path temp;

    @Test
    @Timeout(90)
    void shouldPassItsOwnTestsWhenNodeIsInstalled() throws IOException, InterruptedException {
        assumeTrue(nodeVersion() >= OLDEST_NODE, "Node.js " + OLDEST_NODE + " or newer is not installed");

        Outcome outcome = run("node", "--test");

        assertThat(outcome.exitCode()).as(outcome.output()).isZero();
        assertThat(outcome.output()).containsPattern("(?m)^\\S* ?tests [1-9]");
    }

    private int nodeVersion() throws InterruptedException {
        try {
            String version = run("node", "--version").output().strip();
            return Integer.parseInt(version.substring(1, version.indexOf('.')));
        } catch (IOException e) {
            return 0; // no such program
        }
    }

    private Outcome run(String... command) throws IOException, InterruptedException {
        Path output = temp.resolve("output");
        Process process = new ProcessBuilder(command)
                .directory(Path.of("src/test/js").toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        return new Outcome(process.waitFor(), Files.readString(output, StandardCharsets.UTF_8));
    }

    private record Outcome(int exitCode, String output) {}
}
