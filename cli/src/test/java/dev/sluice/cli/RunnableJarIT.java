// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The artifact as its users run it. */
@Timeout(240)
class RunnableJarIT {

    private static final Path JAR = Path.of("target", "sluice.jar").toAbsolutePath();

    private final List<Process> processes = new ArrayList<>();
    private final List<String> lines = new CopyOnWriteArrayList<>();

    @TempDir
    Path home;

    @AfterEach
    void end() {
        processes.forEach(Process::destroyForcibly);
    }

    @Test
    void shouldStartWithoutAWarningAndStopWhenAsked() throws Exception {
        // Not where the nodes of other tests look for each other: that would be a warning.
        Process demo = start(Map.of("SLUICE_GATEWAY_PORT", "0", "SLUICE_CLUSTER_PORT", "25770"), "demo");

        JsonObject ready = awaitReady();
        await().atMost(Duration.ofSeconds(10)).until(() -> lines.stream().anyMatch(line -> line.contains("Ctrl-C")));
        assertThat(get("http://127.0.0.1:" + ready.getInteger("port") + "/health/ready"))
                .isEqualTo(200);
        demo.toHandle().destroy();

        assertThat(demo.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(demo.exitValue()).isZero();
        assertThat(lines).noneMatch(line -> line.contains("WARN") || line.contains("ERROR"));
    }

    @Test
    void shouldDrainAtTheFirstSignalAndStopAtOnceAtTheSecond() throws Exception {
        Process node = start(
                Map.of(
                        "SLUICE_GATEWAY_PORT", "0",
                        "SLUICE_GATEWAY_DRAIN_WINDOW", "10m",
                        "SLUICE_GATEWAY_SESSION_HANDSHAKE_TIMEOUT", "1m"),
                "demo");
        String address = "127.0.0.1:" + awaitReady().getInteger("port");
        Listener client = new Listener();
        HttpClient http = HttpClient.newHttpClient();
        URI stream = URI.create("ws://" + address + "/v2/realtime/stream");
        http.newWebSocketBuilder().buildAsync(stream, client).join();

        node.toHandle().destroy();

        String goAway = client.text.get(30, TimeUnit.SECONDS);
        assertThat(new JsonObject(goAway).getString("type")).isEqualTo("goaway");
        assertThat(new JsonObject(goAway).getString("reason")).isEqualTo("drain");
        assertThat(get("http://" + address + "/health/ready")).isEqualTo(503);
        assertThatThrownBy(() -> http.newWebSocketBuilder()
                        .buildAsync(stream, new Listener())
                        .join())
                .cause()
                .isInstanceOfSatisfying(WebSocketHandshakeException.class, refused -> {
                    assertThat(refused.getResponse().statusCode()).isEqualTo(503);
                    assertThat(refused.getResponse().headers().firstValueAsLong("retry-after"))
                            .isPresent();
                });
        assertThat(node.isAlive()).as("still draining").isTrue();

        node.toHandle().destroy();

        assertThat(client.closeCode.get(30, TimeUnit.SECONDS)).isEqualTo(4005);
        assertThat(node.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(node.exitValue()).isZero();
    }

    @Test
    void shouldExitWith0WhenAskedToStopBeforeItIsReady() throws Exception {
        Process node = start(
                Map.of(
                        "SLUICE_CLUSTER_QUORUM", "2",
                        "SLUICE_CLUSTER_MEMBERS", "",
                        "SLUICE_CLUSTER_PORT", "25750",
                        "SLUICE_AUTH_SECRET", "for this test only, and long enough for HS256"),
                "node");
        await().atMost(Duration.ofMinutes(1))
                .until(() -> lines.stream().anyMatch(line -> line.contains("waiting for other nodes")));

        node.toHandle().destroy();

        assertThat(node.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(node.exitValue()).isZero();
        assertThat(lines).noneMatch(line -> line.contains("WARN") || line.contains("ERROR"));
    }

    @Test
    void shouldTakeOverAChangedFileWhileItRuns() throws Exception {
        Path file = Files.writeString(home.resolve("sluice.yaml"), "gateway: {flags: {rolloutPercent: 90}}");
        start(
                Map.of(
                        "SLUICE_CONFIG", file.toString(),
                        "SLUICE_GATEWAY_PORT", "0",
                        "SLUICE_CLUSTER_MEMBERS", "",
                        "SLUICE_CLUSTER_PORT", "25760",
                        "SLUICE_AUTH_SECRET", "for this test only, and long enough for HS256"),
                "node");
        String config = "http://127.0.0.1:" + awaitReady().getInteger("port") + "/v2/realtime/config";
        assertThat(rolloutPercent(config)).isEqualTo(90);

        Files.writeString(file, "gateway: {flags: {rolloutPercent: 80}, drainWindow: 1s}");
        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> assertThat(rolloutPercent(config)).isEqualTo(80));
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(lines)
                .anyMatch(line -> line.contains("need a restart") && line.contains("gateway.drainWindow")));

        Files.writeString(file, "gateway: {flags: {rolloutPercent: 70}, drainWindows: 1s}");
        await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(lines)
                .anyMatch(line -> line.contains("is refused") && line.contains("gateway.drainWindow")));
        assertThat(rolloutPercent(config)).isEqualTo(80);
    }

    private static int rolloutPercent(String uri) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(uri)).build();
        return new JsonObject(HttpClient.newHttpClient()
                        .send(request, HttpResponse.BodyHandlers.ofString())
                        .body())
                .getInteger("rolloutPercent");
    }

    private static final class Listener implements WebSocket.Listener {
        private final CompletableFuture<String> text = new CompletableFuture<>();
        private final CompletableFuture<Integer> closeCode = new CompletableFuture<>();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            text.complete(data.toString());
            socket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            closeCode.complete(code);
            return null;
        }
    }

    @Test
    void shouldRunAClusterThatEndsWithItsStarterEvenIfThatIsKilled() throws Exception {
        // The ports of this test; nothing else in the build uses them.
        Process cluster = start(Map.of(), "cluster", "2", "--port", "24100", "--cluster-port", "25701");
        await().atMost(Duration.ofMinutes(2))
                .until(() -> lines.stream().anyMatch(line -> line.startsWith("2 nodes are ready")));
        List<ProcessHandle> children = cluster.children().toList();
        assertThat(children).hasSize(3);
        for (int port = 24100; port <= 24102; port++) {
            assertThat(get("http://127.0.0.1:" + port + "/health/ready")).isEqualTo(200);
        }

        cluster.destroyForcibly(); // no hook of its runs

        await().atMost(Duration.ofSeconds(60)).until(() -> children.stream().noneMatch(ProcessHandle::isAlive));
    }

    @Test
    void shouldSayInOneLineThatThePortIsTaken() throws Exception {
        start(Map.of("SLUICE_GATEWAY_PORT", "0"), "demo");
        int port = awaitReady().getInteger("port");
        lines.clear();

        Process second = start(Map.of("SLUICE_GATEWAY_PORT", Integer.toString(port)), "demo");

        assertThat(second.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(second.exitValue()).isEqualTo(1);
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(lines)
                .anyMatch(line -> line.startsWith("cannot listen on 127.0.0.1:" + port)));
    }

    private Process start(Map<String, String> settings, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElseThrow());
        if (Runtime.version().feature() >= 24) {
            command.add("--sun-misc-unsafe-memory-access=allow"); // as ./sluice does; no manifest can say it
        }
        command.addAll(List.of("-Xmx256m", "-jar", JAR.toString()));
        command.addAll(Arrays.asList(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("SLUICE_"));
        builder.environment().put("SLUICE_HOME", home.toString());
        builder.environment().putAll(settings);
        Process process = builder.start();
        processes.add(process);
        Thread reader = new Thread(() -> read(process), "output");
        reader.setDaemon(true);
        reader.start();
        return process;
    }

    private void read(Process process) {
        try (BufferedReader output = process.inputReader()) {
            output.lines().forEach(lines::add);
        } catch (IOException | UncheckedIOException e) {
            lines.add("output broken off: " + e.getMessage());
        }
    }

    private JsonObject awaitReady() {
        await().atMost(Duration.ofMinutes(1)).until(() -> ready() != null);
        return ready();
    }

    private JsonObject ready() {
        return lines.stream()
                .filter(line -> line.startsWith("{"))
                .map(JsonObject::new)
                .filter(entry -> "ready".equals(entry.getString("event")))
                .findFirst()
                .orElse(null);
    }

    private static int get(String uri) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(uri)).build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }
}
