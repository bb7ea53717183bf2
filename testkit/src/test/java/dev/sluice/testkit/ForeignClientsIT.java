// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.auth.Scope;
import dev.sluice.testkit.client.Delivery;
import dev.sluice.testkit.client.PublishClient;
import dev.sluice.testkit.client.Subscriber;
import dev.sluice.testkit.cluster.TestCluster;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that we did not write: ws and undici of Node, and the JDK's own. */
@Timeout(120)
class ForeignClientsIT {

    private static final String ORG = "acme";
    private static final Path SCRIPTS = Path.of("src/test/js");

    private static TestCluster cluster;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        if (!Files.isDirectory(SCRIPTS.resolve("node_modules"))) {
            run(List.of("npm", "ci", "--no-audit", "--no-fund"));
        }
        cluster = TestCluster.start(1);
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ws-client.mjs", "undici-client.mjs"})
    void shouldReceiveReplayAndLiveEventsWhenTheClientIsForeign(String script)
            throws IOException, InterruptedException {
        String service = script.substring(0, script.indexOf('-'));
        publish(service, 0, 150);
        Process client = start(script, service, 300, "\"earliest\"");
        try (BufferedReader errors = client.errorReader(StandardCharsets.UTF_8);
                BufferedReader output = client.inputReader(StandardCharsets.UTF_8)) {
            assertThat(errors.readLine()).isEqualTo("subscribed");
            publish(service, 150, 300);
            String line = output.readLine();
            assertThat(line)
                    .as("what %s printed; its errors: %s", script, errors)
                    .isNotNull();
            JsonObject result = new JsonObject(line);
            assertThat(result.getInteger("received")).isEqualTo(300);
            assertThat(result.getInteger("replayed")).isEqualTo(150);
            assertThat(result.getJsonArray("ids"))
                    .isEqualTo(new JsonArray(
                            IntStream.range(0, 300).mapToObj(i -> service + i).toList()));
            assertThat(client.waitFor(10, TimeUnit.SECONDS)).isTrue();
            assertThat(client.exitValue()).isZero();
        } finally {
            client.destroyForcibly();
        }
    }

    @Test
    void shouldReceiveReplayAndLiveEventsWhenTheClientIsTheJdk() throws IOException {
        publish("jdk", 0, 1);
        try (Subscriber subscriber = cluster.subscriber(ORG, "jdk", "jdk")) {
            subscriber.connect(uri());
            publish("jdk", 1, 150);
            subscriber.awaitReceived(149, Duration.ofSeconds(20));
            subscriber.drop();
            publish("jdk", 150, 300);
            subscriber.connect(uri());
            subscriber.awaitReceived(299, Duration.ofSeconds(20));
            assertThat(subscriber.violations()).isEmpty();
            assertThat(subscriber.deliveries().stream().filter(Delivery::replay))
                    .hasSize(150);
        }
    }

    private static Process start(String script, String service, int count, String cursor) throws IOException {
        return new ProcessBuilder(
                        "node",
                        script,
                        "ws" + uri().toString().substring("http".length()) + "/v2/realtime/stream",
                        cluster.token(ORG, script, Scope.READ),
                        service,
                        Integer.toString(count),
                        cursor)
                .directory(SCRIPTS.toFile())
                .start();
    }

    private static void publish(String service, int from, int to) throws IOException {
        PublishClient publisher = cluster.publisher(ORG);
        for (int start = from; start < to; start += 30) {
            publisher.publish(
                    uri(),
                    IntStream.range(start, Math.min(to, start + 30))
                            .mapToObj(i -> PublishClient.event(
                                    service,
                                    service + i,
                                    new JsonObject().put("text", "a line of some length ".repeat(9))))
                            .toList());
        }
    }

    private static URI uri() {
        return cluster.node(0).uri();
    }

    private static void run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(SCRIPTS.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }
}
