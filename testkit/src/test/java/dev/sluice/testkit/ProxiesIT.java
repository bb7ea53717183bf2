// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.auth.Scope;
import dev.sluice.testkit.client.PublishClient;
import dev.sluice.testkit.client.RoamingPlan;
import dev.sluice.testkit.client.RoamingSubscriber;
import dev.sluice.testkit.cluster.GatewayProcess;
import dev.sluice.testkit.cluster.TestCluster;
import dev.sluice.testkit.deploy.ProxyProcess;
import dev.sluice.testkit.history.Entry;
import dev.sluice.testkit.history.History;
import dev.sluice.testkit.history.HistoryChecker;
import dev.sluice.testkit.history.HistoryChecker.Allowance;
import dev.sluice.testkit.history.Report;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Debian's haproxy and nginx in front of real nodes, with the very configurations that are shipped: all transports, nothing held back, and a node that is
 * drained while clients come and go. One of the three nodes that are configured is not there, as after a crash.
 */
@Timeout(240)
class ProxiesIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String ORG = "acme";

    @TempDir
    private static Path folder;

    private static TestCluster cluster;

    @BeforeAll
    static void start() throws IOException {
        cluster = TestCluster.start(2, Map.of("SLUICE_CLUSTER_QUORUM", "1", "SLUICE_GATEWAY_DRAIN_WINDOW", "3s"));
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void shouldServeAndDrainBehindHaproxy() throws Exception {
        try (ProxyProcess proxy = ProxyProcess.haproxy(folder, nodes())) {
            shouldServeAndDrainBehind(proxy);
        }
    }

    @Test
    void shouldServeAndDrainBehindNginx() throws Exception {
        try (ProxyProcess proxy = ProxyProcess.nginx(folder, nodes())) {
            shouldServeAndDrainBehind(proxy);
        }
    }

    private static List<String> nodes() throws IOException {
        List<String> nodes = new ArrayList<>();
        for (GatewayProcess node : cluster.nodes()) {
            nodes.add(node.uri().getAuthority());
        }
        nodes.add("127.0.0.1:" + ProxyProcess.freePort());
        return nodes;
    }

    private void shouldServeAndDrainBehind(ProxyProcess proxy) throws Exception {
        URI door = proxy.uri();
        TestCluster.awaitUntil(PATIENCE, "the proxy serves", () -> serves(door));
        shouldNotHoldBackServerSentEvents(door);
        shouldHideTheMetrics(door);

        History history = new History();
        Vertx vertx = Vertx.vertx();
        List<FallbackClient> fallbacks = List.of(
                FallbackClient.sse(plan("sse", door), history, 1), FallbackClient.poll(plan("poll", door), history, 2));
        List<RoamingSubscriber> sockets = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            RoamingPlan plan = new RoamingPlan(
                    "socket-" + i,
                    ORG,
                    () -> cluster.token(ORG, "ws", Scope.READ),
                    List.of("finance"),
                    () -> List.of(door),
                    0);
            sockets.add(new RoamingSubscriber(vertx, plan, history, i));
        }
        try {
            fallbacks.forEach(FallbackClient::start);
            sockets.forEach(RoamingSubscriber::start);
            TestCluster.awaitUntil(
                    PATIENCE,
                    "all attached",
                    () -> fallbacks.stream().allMatch(FallbackClient::hasPositions)
                            && sockets.stream().allMatch(RoamingSubscriber::isAttached));
            try (Newcomers newcomers = new Newcomers(door)) {
                newcomers.awaitMore(20);
                cluster.node(0).close(); // SIGTERM, and its end
                newcomers.awaitMore(40);
                newcomers.stop();
                assertThat(newcomers.failures).isEmpty();
                TestCluster.awaitUntil(
                        PATIENCE,
                        "everybody at the head",
                        () -> fallbacks.stream()
                                        .allMatch(client -> client.positions()
                                                        .get("finance")
                                                        .seq()
                                                >= newcomers.head)
                                && sockets.stream()
                                        .allMatch(client ->
                                                client.cursors().get("finance").seq() >= newcomers.head));
            }
        } finally {
            fallbacks.forEach(FallbackClient::stop);
            vertx.close().await();
        }
        history.append(new Entry.Ended(System.currentTimeMillis()));
        Report report = HistoryChecker.check(history, Allowance.NO_LOSS);
        System.out.println("proxies: " + report);
        assertThat(report.violations()).isEmpty();
        assertThat(report.count("subscribers")).isEqualTo(6);
        cluster.restart(0);
    }

    private FallbackClient.Plan plan(String name, URI door) {
        return new FallbackClient.Plan(
                name, ORG, cluster.token(ORG, name, Scope.READ), List.of("finance"), () -> List.of(door));
    }

    private static boolean serves(URI door) {
        try {
            return cluster.http()
                            .send(
                                    HttpRequest.newBuilder(door.resolve("/health/ready"))
                                            .build(),
                                    HttpResponse.BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** One event after which nothing comes for 25 seconds, the time to the next heartbeat: it is there long before. */
    private void shouldNotHoldBackServerSentEvents(URI door) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(door.resolve("/v2/realtime/sse?services=staff"))
                .header("Authorization", "Bearer " + cluster.token(ORG, "buffered", Scope.READ))
                .build();
        HttpResponse<InputStream> response = cluster.http().send(request, HttpResponse.BodyHandlers.ofInputStream());
        assertThat(response.statusCode()).isEqualTo(200);
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            awaitLine(lines, "event: subscribed");
            cluster.publisher(ORG)
                    .publish(door, List.of(PublishClient.event("staff", "one-" + door.getPort(), new JsonObject())));
            awaitLine(lines, "event: event");
        }
    }

    private static void awaitLine(BufferedReader lines, String wanted) throws Exception {
        CompletableFuture.runAsync(() -> {
                    try {
                        for (String line = lines.readLine(); !wanted.equals(line); line = lines.readLine()) {
                            assertThat(line)
                                    .as("the stream ended before '" + wanted + "'")
                                    .isNotNull();
                        }
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                })
                .get(15, TimeUnit.SECONDS);
    }

    private static void shouldHideTheMetrics(URI door) throws Exception {
        for (String path : List.of("/metrics", "/v2/realtime/metrics")) {
            HttpRequest request = HttpRequest.newBuilder(door.resolve(path)).build();
            assertThat(cluster.http()
                            .send(request, HttpResponse.BodyHandlers.discarding())
                            .statusCode())
                    .isEqualTo(404);
        }
    }

    /** Publishes and polls without end, each time as one who has never been here before; writes down whatever is no success. */
    private static final class Newcomers implements AutoCloseable {

        private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
        private final AtomicInteger rounds = new AtomicInteger();
        private final URI door;
        private final PublishClient publisher = cluster.publisher(ORG);
        private final String token = cluster.token(ORG, "newcomer", Scope.READ);
        private final Thread thread = new Thread(this::run, "newcomers");
        private volatile boolean stopped;
        private volatile long head;

        Newcomers(URI door) {
            this.door = door;
            thread.start();
        }

        private void run() {
            while (!stopped) {
                try {
                    String id = door.getPort() + "-" + rounds.incrementAndGet();
                    head = publisher
                            .publish(door, List.of(PublishClient.event("finance", id, new JsonObject())))
                            .getJsonObject(0)
                            .getLong("seq");
                    poll();
                } catch (IOException e) {
                    failures.add(e.toString());
                } catch (InterruptedException e) {
                    return;
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
        }

        private void poll() throws IOException, InterruptedException {
            HttpRequest request = HttpRequest.newBuilder(door.resolve("/v2/realtime/poll?services=finance"))
                    .header("Authorization", "Bearer " + token)
                    .timeout(Duration.ofSeconds(15))
                    .build();
            HttpResponse<String> response = cluster.http().send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                failures.add("poll answered " + response.statusCode() + ": " + response.body());
            }
        }

        void awaitMore(int count) {
            int goal = rounds.get() + count;
            TestCluster.awaitUntil(
                    PATIENCE, count + " more newcomers", () -> rounds.get() > goal || !failures.isEmpty());
        }

        void stop() {
            stopped = true;
            try {
                thread.join(PATIENCE.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void close() {
            stop();
        }
    }
}
