// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

/** The browser client's own tests in a real Chromium, against a gateway of the jar that was just built. */
@Isolated
@Timeout(900)
class BrowserTabsIT {

    private static final Path CLIENT =
            Path.of("..", "browser-client").toAbsolutePath().normalize();

    /** What the script ends with where there is no browser. */
    private static final int NO_BROWSER = 77;

    @Test
    void shouldShareOneConnectionBetweenTabs() throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder("bash", "scripts/browser.sh").directory(CLIENT.toFile());
        builder.environment()
                .put(
                        "SLUICE_JAR",
                        Path.of(System.getProperty("sluice.jar"))
                                .toAbsolutePath()
                                .normalize()
                                .toString());
        Process process = builder.redirectErrorStream(true).start();
        StringBuilder output = new StringBuilder();
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                output.append(line).append('\n');
                if (line.contains("SKIPPED") || line.contains(" after ")) {
                    System.out.println(line);
                }
            }
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("it ends").isTrue();
        } finally {
            process.descendants().forEach(ProcessHandle::destroy);
            process.destroy();
        }
        assumeTrue(process.exitValue() != NO_BROWSER, output.toString());
        assertThat(process.exitValue()).as(output.toString()).isZero();
    }
}
