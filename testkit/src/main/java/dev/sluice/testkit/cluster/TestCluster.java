// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.cluster;

import dev.sluice.stream.StreamKey;
import dev.sluice.stream.auth.Claims;
import dev.sluice.stream.auth.DevelopmentTokens;
import dev.sluice.stream.auth.Scope;
import dev.sluice.stream.config.Secret;
import dev.sluice.testkit.client.PublishClient;
import dev.sluice.testkit.client.Subscriber;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * A real cluster: gateway nodes in processes of their own on 127.0.0.1, with free ports, a random cluster name and a random secret. Each node
 * takes publishes over HTTP, too.
 *
 * <p>The runnable jar is found by the system property {@code sluice.jar}. Logs go to the folder of the system property
 * {@code sluice.logs}, or {@code target/cluster-logs}.
 */
public final class TestCluster implements AutoCloseable {

    private static final Duration READY_TIMEOUT = Duration.ofSeconds(90);
    private static final int SHARDS = 32;
    private static final long POLL_MS = 50;

    private final HttpClient http = HttpClient.newHttpClient();
    private final String name = "test-" + UUID.randomUUID().toString().substring(0, 8);
    private final String secret = UUID.randomUUID() + "-" + UUID.randomUUID();
    private final Vertx vertx = Vertx.vertx();
    private final DevelopmentTokens tokens = new DevelopmentTokens(new Secret(secret), Clock.systemUTC());
    private final List<GatewayProcess> nodes = new ArrayList<>();
    private final int basePort;
    private final int size;
    private final Map<String, String> settings;

    private TestCluster(int size, Map<String, String> settings) throws IOException {
        this.size = size;
        this.settings = Map.copyOf(settings);
        this.basePort = freePorts(size + 2);
    }

    /** Starts a cluster and waits until every node is ready and sees all others. */
    public static TestCluster start(int nodes) throws IOException {
        return start(nodes, Map.of());
    }

    /**
     * The same with other settings than the defaults.
     *
     * @param settings environment variables, such as {@code SLUICE_GATEWAY_SESSION_MAX_LAG}
     */
    public static TestCluster start(int nodes, Map<String, String> settings) throws IOException {
        TestCluster cluster = new TestCluster(nodes, settings);
        try {
            for (int i = 0; i < nodes; i++) {
                cluster.nodes.add(cluster.launch(i));
            }
            for (GatewayProcess node : cluster.nodes) {
                node.awaitReady(READY_TIMEOUT);
            }
            cluster.awaitMembers(nodes);
            return cluster;
        } catch (IOException | RuntimeException | AssertionError e) {
            cluster.close();
            throw e;
        }
    }

    private GatewayProcess launch(int index) throws IOException {
        String node = "node-" + index;
        Map<String, String> environment = new TreeMap<>();
        environment.put("SLUICE_NODE", node);
        environment.put("SLUICE_LOG_FORMAT", "json");
        environment.put("SLUICE_GATEWAY_PORT", "0");
        environment.put("SLUICE_GATEWAY_DRAIN_WINDOW", "1s");
        // Most clusters are taken down as a whole: there is nobody to hand data over to and no reason to wait for it.
        environment.put("SLUICE_CLUSTER_LEAVE_TIMEOUT", "3s");
        environment.put("SLUICE_AUTH_SECRET", secret);
        environment.put("SLUICE_CLUSTER_NAME", name);
        environment.put("SLUICE_CLUSTER_PORT", Integer.toString(basePort));
        environment.put("SLUICE_CLUSTER_PORT_COUNT", Integer.toString(size + 2));
        environment.put("SLUICE_CLUSTER_QUORUM", Integer.toString(size / 2 + 1));
        environment.putAll(settings);
        Path logs = Path.of(System.getProperty("sluice.logs", "target/cluster-logs"));
        return GatewayProcess.start(
                node, jar(), List.of("node"), environment, logs.resolve(name).resolve(node + ".log"));
    }

    private static Path jar() {
        String jar = System.getProperty("sluice.jar");
        if (jar == null) {
            throw new IllegalStateException("set the system property sluice.jar to the runnable jar");
        }
        return Path.of(jar);
    }

    /** All nodes ever started, those that were killed included. */
    public List<GatewayProcess> nodes() {
        return List.copyOf(nodes);
    }

    /** One node. */
    public GatewayProcess node(int index) {
        return nodes.get(index);
    }

    /** The nodes that run. */
    public List<GatewayProcess> alive() {
        return nodes.stream().filter(GatewayProcess::isAlive).toList();
    }

    /** Starts a node in the place of one that is gone. */
    public GatewayProcess restart(int index) throws IOException {
        GatewayProcess started = launch(index);
        nodes.set(index, started);
        started.awaitReady(READY_TIMEOUT);
        return started;
    }

    /** Waits until every running node sees so many members and is ready. */
    public void awaitMembers(int count) {
        awaitUntil(READY_TIMEOUT, count + " members", () -> alive().stream()
                .allMatch(node -> members(node) == count && isReady(node)));
    }

    private int members(GatewayProcess node) {
        return metrics(node).getJsonObject("cluster", new JsonObject()).getInteger("members", 0);
    }

    private boolean isReady(GatewayProcess node) {
        return get(node.uri().resolve("/health/ready")).statusCode() == 200;
    }

    /** The node that owns the shard of a stream. */
    public GatewayProcess ownerOf(StreamKey stream) {
        int shard = stream.shard(SHARDS);
        for (GatewayProcess node : alive()) {
            JsonArray owned = metrics(node).getJsonObject("cluster").getJsonArray("ownedShards");
            if (owned.contains(shard)) {
                return node;
            }
        }
        throw new IllegalStateException("no node owns shard " + shard);
    }

    /** A node's {@code /v2/realtime/metrics}. */
    public JsonObject metrics(GatewayProcess node) {
        return new JsonObject(get(node.uri().resolve("/v2/realtime/metrics")).body());
    }

    private HttpResponse<String> get(URI uri) {
        try {
            return http.send(HttpRequest.newBuilder(uri).GET().build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError("cannot reach " + uri, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** A token that this cluster accepts for an hour. */
    public String token(String org, String user, Scope... scopes) {
        return tokens.mint(new Claims(
                Optional.of(org),
                Optional.of(user),
                Optional.empty(),
                Set.of(scopes),
                Instant.now().plus(Duration.ofHours(1))));
    }

    /** A subscriber of this cluster, not connected yet. */
    public Subscriber subscriber(String org, String user, String... services) {
        return new Subscriber(http, token(org, user, Scope.READ), List.of(services));
    }

    /** A publisher over HTTP for one org. */
    public PublishClient publisher(String org) {
        return new PublishClient(http, token(org, "publisher", Scope.PUBLISH));
    }

    /** For clients of this cluster. */
    public HttpClient http() {
        return http;
    }

    /**
     * Waits until the condition holds.
     *
     * @throws AssertionError when it does not in time
     */
    public static void awaitUntil(Duration timeout, String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("not within " + timeout + ": " + what);
            }
            LockSupport.parkNanos(POLL_MS * 1_000_000);
        }
    }

    @Override
    public void close() {
        nodes.parallelStream().forEach(GatewayProcess::close);
        vertx.close().await();
    }

    /** A range of free ports, one after another; another process may still take one, and then the start fails visibly. */
    private static int freePorts(int count) throws IOException {
        for (int attempt = 0; attempt < 100; attempt++) {
            int base;
            try (ServerSocket probe = new ServerSocket(0)) {
                base = probe.getLocalPort();
            }
            if (base + count < 65_536 && allFree(base, count)) {
                return base;
            }
        }
        throw new IOException("no " + count + " free ports in a row");
    }

    private static boolean allFree(int base, int count) {
        for (int port = base; port < base + count; port++) {
            try (ServerSocket probe = new ServerSocket(port)) {
                if (probe.getLocalPort() != port) {
                    return false;
                }
            } catch (IOException e) {
                return false;
            }
        }
        return true;
    }
}
