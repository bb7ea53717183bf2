// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** In a JVM of its own, with one processor. */
@Timeout(180)
class CompletionPoolIT {

    private static final int REPORTS = 300;

    private static final Pattern STARTED = Pattern.compile("^started (\\d+)$", Pattern.MULTILINE);

    @TempDir
    private Path folder;

    @Test
    void shouldStartNoThreadForEachClientThatIsCountedOnASmallMachine() throws Exception {
        assertThat(threadsStarted()).isLessThan(REPORTS / 3);
    }

    private int threadsStarted() throws Exception {
        Path out = folder.resolve("out");
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:ActiveProcessorCount=1",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                OneProcessorNode.class.getName(),
                Integer.toString(REPORTS));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        try {
            assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        String said = Files.readString(out);
        Matcher started = STARTED.matcher(said);
        assertThat(started.find()).as(said).isTrue();
        return Integer.parseInt(started.group(1));
    }
}
