// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code .ci/run} does about Chromium and promtool, on a machine made of stubs: nothing is installed, and no test is run. */
@Timeout(60)
class CiScriptTest {

    private static final Path SCRIPT = Path.of("../.ci/run").toAbsolutePath().normalize();
    private static final List<String> REAL = List.of("bash", "dirname", "sed", "head", "mkdir");
    private static final String STUB = "#!/bin/sh\n";

    @TempDir
    private Path bin;

    /** Where the project is: the script keeps what it fetches there. */
    @TempDir
    private Path project;

    @BeforeEach
    void makeTheMachine() throws IOException {
        Files.copy(SCRIPT, Files.createDirectory(project.resolve(".ci")).resolve("run"));
        for (String program : REAL) {
            Files.createSymbolicLink(bin.resolve(program), find(program));
        }
        stub("git", "");
        stub("ip", "exit 1");
        stub("id", "echo 0");
        stub("javac", "echo javac 17.0.1");
        stub("node", "echo v22.1.0");
        stub("npm", "");
        stub("python3", "exit 1");
        stub("rm", "");
        stub("mvn", "echo \"mvn $*\"");
    }

    @Test
    void shouldInstallChromiumWhereThereIsNone() throws Exception {
        stub(
                "apt-get",
                "echo \"apt-get $*\"",
                "case \"$*\" in *install*chromium) printf '#!/bin/sh\\necho Chromium 1.2.3\\n' >'" + bin
                        + "/chromium'; /bin/chmod +x '" + bin + "/chromium';; esac");

        String output = run();

        assertThat(output)
                .contains("== installing chromium", "Chromium 1.2.3", "mvn -B -ntp verify", "== passed")
                .doesNotContain("tests in a browser WILL BE SKIPPED");
    }

    @Test
    void shouldGoOnAndSayWhatIsSkippedWhereChromiumCannotBeInstalled() throws Exception {
        stub("apt-get", "case \"$*\" in *chromium) exit 100;; esac");

        String output = run();

        assertThat(output)
                .contains(
                        "== going on without Chromium",
                        "chromium: NO, so the tests in a browser WILL BE SKIPPED",
                        "== going on without promtool",
                        "promtool: NO, so the tests of the alert rules by Prometheus's own tool WILL BE SKIPPED",
                        "mvn -B -ntp verify",
                        "== passed");
    }

    @Test
    void shouldNameWhatPassedAtTheSecondAttemptOnly() throws Exception {
        Path reports = Files.createDirectories(project.resolve("stream/target/failsafe-reports"));
        Files.writeString(
                reports.resolve("TEST-one.xml"),
                """
                <testsuite name="one" tests="3">
                  <testcase name="shouldHold" classname="one.SteadyIT" time="0.1"/>
                  <testcase name="shouldHoldMostly(String)[1]" classname="one.FlakyIT" time="0.1">
                    <flakyFailure message="no" type="java.lang.AssertionError">
                      <stackTrace><![CDATA[java.lang.AssertionError: no]]></stackTrace>
                    </flakyFailure>
                  </testcase>
                  <testcase name="shouldStart" classname="one.FlakyIT" time="0.1">
                    <flakyError message="no" type="java.io.IOException"/>
                  </testcase>
                  <testcase name="shouldEnd" classname="one.SteadyIT" time="0.1"/>
                </testsuite>
                """);

        assertThat(run())
                .contains("== FLAKY", "  one.FlakyIT.shouldHoldMostly(String)[1]\n", "  one.FlakyIT.shouldStart\n")
                .doesNotContain("SteadyIT");
        Files.delete(reports.resolve("TEST-one.xml"));
        assertThat(run()).doesNotContain("FLAKY");
    }

    @Test
    void shouldLeaveAloneTheBrowserThatIsThere() throws Exception {
        stub("google-chrome", "echo Chrome 4.5.6");

        String output = run();

        assertThat(output).contains("Chrome 4.5.6").doesNotContain("installing chromium");
    }

    @Test
    void shouldFetchPromtoolAndNotTheServerThatItComesWith() throws Exception {
        stub("google-chrome", "echo Chrome 4.5.6");
        stub("apt-get", "echo \"apt-get $*\"");
        stub(
                "dpkg-deb",
                "/bin/mkdir -p usr/bin",
                "printf '#!/bin/sh\\necho promtool, version 1.2.3\\n' >usr/bin/promtool",
                "/bin/chmod +x usr/bin/promtool");

        assertThat(run())
                .contains("apt-get -qq download prometheus", "promtool, version 1.2.3", "== passed")
                .doesNotContain("promtool: NO", "recommends prometheus");
        assertThat(run()).as("again").contains("promtool, version 1.2.3").doesNotContain("download prometheus");
    }

    @Test
    void shouldLeaveAloneThePromtoolThatIsThere() throws Exception {
        stub("promtool", "echo promtool, version 4.5.6");

        assertThat(run()).contains("promtool, version 4.5.6").doesNotContain("fetching promtool");
    }

    private String run() throws IOException, InterruptedException {
        Path log = bin.resolve("log");
        ProcessBuilder builder = new ProcessBuilder(
                        bin.resolve("bash").toString(),
                        project.resolve(".ci/run").toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("PATH", bin.toString());
        Process process = builder.start();
        boolean ended = process.waitFor(30, TimeUnit.SECONDS);
        process.destroyForcibly();
        String output = Files.readString(log);
        assertThat(ended).as(output).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return output;
    }

    private void stub(String name, String... lines) throws IOException {
        Path file =
                Files.writeString(bin.resolve(name), STUB + String.join("\n", lines) + "\n", StandardCharsets.UTF_8);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static Path find(String program) {
        return Stream.of("/bin", "/usr/bin")
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("there is no " + program));
    }
}
