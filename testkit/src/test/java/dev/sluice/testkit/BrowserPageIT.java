// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.stream.auth.Scope;
import dev.sluice.testkit.cluster.TestCluster;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The page and the examples in a real Chromium, against three real processes: runs the tests of {@code browser-client/test-browser}, which
 * are written in JavaScript. Skipped, with a line that says so, where there is no Chromium.
 */
@Isolated
@Timeout(600)
class BrowserPageIT {

    private static final Path CLIENT =
            Path.of("../browser-client").toAbsolutePath().normalize();
    private static final List<String> CHROMIUMS = List.of("chromium", "chromium-browser", "google-chrome");
    private static final int ORGS = 20;

    private static TestCluster cluster;
    private static int examplesPort;

    @BeforeAll
    static void start() throws IOException {
        boolean there =
                System.getenv("SLUICE_CHROMIUM") != null || CHROMIUMS.stream().anyMatch(BrowserPageIT::isOnThePath);
        if (!there) {
            System.out.println("SKIPPED, the tests in a browser: no Chromium on the PATH, looked for " + CHROMIUMS);
        }
        assumeTrue(there, "no Chromium on the PATH");
        examplesPort = freePort();
        cluster = TestCluster.start(3, Map.of("SLUICE_GATEWAY_ORIGINS", "http://127.0.0.1:" + examplesPort));
    }

    @AfterAll
    static void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    /** The last one kills a node. */
    @ParameterizedTest
    @ValueSource(strings = {"page", "page-a11y", "console", "examples", "cluster"})
    void shouldPassItsOwnTestsInChromium(String name) throws IOException, InterruptedException {
        Path output = Files.createTempFile("sluice-browser-", ".log");
        ProcessBuilder builder = new ProcessBuilder(
                        "bash", "scripts/test-browser.sh", "test-browser/" + name + ".test.mjs")
                .directory(CLIENT.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment()
                .put("SLUICE_URL", cluster.node(0).uri().resolve("/").toString());
        builder.environment().put("SLUICE_TOKENS", tokens(name));
        builder.environment().put("SLUICE_EXAMPLES_PORT", Integer.toString(examplesPort));
        builder.environment().put("SLUICE_NODES", nodes());
        builder.environment().put("SLUICE_SECRET", cluster.secret());

        Process process = builder.start();
        boolean ended = process.waitFor(300, TimeUnit.SECONDS);
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        String log = Files.readString(output);
        Files.delete(output);

        assertThat(ended).as("ends in time: %s", log).isTrue();
        assertThat(process.waitFor()).as(log).isZero();
        log.lines().filter(line -> line.contains(" after ")).forEach(System.out::println);
        assertThat(log).containsPattern("(?m)^\\S* ?pass [1-9]").containsPattern("(?m)^\\S* ?skipped 0");
    }

    private static String nodes() {
        JsonArray nodes = new JsonArray();
        cluster.nodes()
                .forEach(node -> nodes.add(new JsonObject()
                        .put("name", node.name())
                        .put("url", node.uri().resolve("/").toString())
                        .put("pid", node.pid())));
        return nodes.encode();
    }

    /** Each of an org of its own. */
    private static String tokens(String name) {
        return IntStream.range(0, ORGS)
                .mapToObj(i -> cluster.token(name + "-" + i, "visitor", Scope.READ, Scope.PUBLISH))
                .collect(Collectors.joining(" "));
    }

    private static boolean isOnThePath(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", ""))
                .flatMap(path -> Arrays.stream(path.split(File.pathSeparator, -1)))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
