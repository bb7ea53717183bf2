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
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A real cluster: gateway nodes, and publishers if wanted, in processes of their own with a random cluster name and a random secret; on
 * 127.0.0.1 or on a network of hosts that can be cut. Each gateway takes publishes over HTTP, too. What can be done to it: {@link #faults()}.
 *
 * <p>The runnable jar is found by the system property {@code sluice.jar}. Logs go to the folder of the system property
 * {@code sluice.logs}, or {@code target/cluster-logs}.
 */
public final class TestCluster implements AutoCloseable {

    private static final Duration READY_TIMEOUT = Duration.ofSeconds(90);
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);
    private static final String GATEWAY_VERB = "node";
    private static final String PUBLISHER_VERB = "publisher";
    private static final int SHARDS = 32;
    private static final long POLL_MS = 50;

    private final HttpClient http = HttpClient.newHttpClient();
    private final String secret = UUID.randomUUID() + "-" + UUID.randomUUID();
    private final Vertx vertx = Vertx.vertx();
    private final DevelopmentTokens tokens = new DevelopmentTokens(new Secret(secret), Clock.systemUTC());
    private final List<GatewayProcess> nodes = new CopyOnWriteArrayList<>();
    private final List<GatewayProcess> publishers = new CopyOnWriteArrayList<>();
    private final Placement placement;
    private final Launcher launcher;
    private final Faults faults;

    private TestCluster(ClusterPlan plan, Path jar) throws IOException {
        String name = "test-" + UUID.randomUUID().toString().substring(0, 8);
        List<String> gatewayNames = names("node-", plan.gateways());
        List<String> publisherNames = names("publisher-", plan.publishers());
        List<String> all =
                Stream.concat(gatewayNames.stream(), publisherNames.stream()).toList();
        OwnHosts hosts = plan.network() ? new OwnHosts(all, gatewayNames, plan.seed()) : null;
        this.placement = hosts == null ? new Loopback(all.size()) : hosts;
        this.launcher = launcher(plan, placement, name, secret, jar);
        this.faults = new Faults(this, launcher, Optional.ofNullable(hosts).map(OwnHosts::network));
    }

    private static Launcher launcher(ClusterPlan plan, Placement placement, String name, String secret, Path jar)
            throws IOException {
        try {
            return new Launcher(plan, placement, name, secret, jar);
        } catch (IOException | RuntimeException e) {
            placement.close();
            throw e;
        }
    }

    private static List<String> names(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
    }

    /** Starts a cluster and waits until every node is ready and sees all others. */
    public static TestCluster start(int nodes) throws IOException {
        return start(ClusterPlan.of(nodes));
    }

    /**
     * The same with other settings than the defaults.
     *
     * @param settings environment variables, such as {@code SLUICE_GATEWAY_SESSION_MAX_LAG}
     */
    public static TestCluster start(int nodes, Map<String, String> settings) throws IOException {
        return start(ClusterPlan.of(nodes).withSettings(settings));
    }

    /**
     * The same by a plan.
     *
     * @throws IOException also when there shall be a network and there {@linkplain dev.sluice.testkit.network.VirtualNetwork#unavailable cannot be one}
     */
    public static TestCluster start(ClusterPlan plan) throws IOException {
        return start(plan, Launcher.jar());
    }

    /** The same of another build; see {@link Faults#upgrade}. */
    public static TestCluster start(ClusterPlan plan, Path jar) throws IOException {
        TestCluster cluster = new TestCluster(plan, jar);
        try {
            for (int i = 0; i < plan.gateways(); i++) {
                cluster.nodes.add(cluster.launcher.launch("node-" + i, GATEWAY_VERB));
            }
            for (int i = 0; i < plan.publishers(); i++) {
                cluster.publishers.add(cluster.launcher.launch("publisher-" + i, PUBLISHER_VERB));
            }
            for (GatewayProcess process : cluster.processes()) {
                process.awaitReady(READY_TIMEOUT);
            }
            cluster.awaitMembers(plan.gateways());
            return cluster;
        } catch (IOException | RuntimeException | AssertionError e) {
            cluster.close();
            throw e;
        }
    }

    /** What can be done to it. */
    public Faults faults() {
        return faults;
    }

    /** This process as a member, to be closed; on 127.0.0.1 only. */
    public ClusterVisitor visit() {
        return ClusterVisitor.join(launcher.environment("visitor"), SHARDS);
    }

    /** The gateway nodes, those that were killed included. */
    public List<GatewayProcess> nodes() {
        return List.copyOf(nodes);
    }

    /** One gateway node. */
    public GatewayProcess node(int index) {
        return nodes.get(index);
    }

    /** One process that only publishes. */
    public GatewayProcess publisherNode(int index) {
        return publishers.get(index);
    }

    /** Gateways and publishers, those that were killed included. */
    public List<GatewayProcess> processes() {
        return Stream.concat(nodes.stream(), publishers.stream()).toList();
    }

    /** The gateway nodes that run. */
    public List<GatewayProcess> alive() {
        return nodes.stream().filter(GatewayProcess::isRunning).toList();
    }

    /** Starts a gateway node in the place of one that is gone, and waits until it is ready. */
    public GatewayProcess restart(int index) throws IOException {
        return replace(nodes, index, GATEWAY_VERB);
    }

    /** Starts a publisher in the place of one that is gone, and waits until it is ready. */
    public GatewayProcess restartPublisher(int index) throws IOException {
        return replace(publishers, index, PUBLISHER_VERB);
    }

    private GatewayProcess replace(List<GatewayProcess> processes, int index, String verb) throws IOException {
        if (processes.get(index).isAlive()) {
            throw new IllegalStateException(processes.get(index).name() + " runs");
        }
        GatewayProcess started = launcher.launch(processes.get(index).name(), verb);
        processes.set(index, started);
        started.awaitReady(READY_TIMEOUT);
        return started;
    }

    /** Waits until every running gateway sees so many members that hold data and every copy of every shard, and is ready. */
    public void awaitMembers(int count) {
        awaitUntil(READY_TIMEOUT, count + " members", () -> isWhole(count));
    }

    /** Whether it is so now. */
    public boolean isWhole(int count) {
        return alive().stream().allMatch(node -> members(node) == count && hasAllCopies(node) && isReady(node));
    }

    private boolean hasAllCopies(GatewayProcess node) {
        try {
            return metricsOf(node).getJsonObject("cluster").getInteger("missingCopies", 1) == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** How many members that hold data a gateway sees; 0 if it does not answer. */
    public int members(GatewayProcess node) {
        try {
            return metricsOf(node).getJsonObject("cluster", new JsonObject()).getInteger("members", 0);
        } catch (IOException e) {
            return 0;
        }
    }

    /** Whether a process says that it is ready. */
    public boolean isReady(GatewayProcess node) {
        try {
            return get(node.uri().resolve("/health/ready")).statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
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
        try {
            return metricsOf(node);
        } catch (IOException e) {
            throw new AssertionError("cannot read the metrics of " + node.name(), e);
        }
    }

    private JsonObject metricsOf(GatewayProcess node) throws IOException {
        return new JsonObject(get(node.uri().resolve("/v2/realtime/metrics")).body());
    }

    private HttpResponse<String> get(URI uri) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(uri)
                .timeout(REQUEST_TIMEOUT)
                .header("Authorization", "Bearer " + token("testkit", "testkit", Scope.ADMIN))
                .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** What signs the tokens that this cluster accepts; for tests that mint their own, in another language. */
    public String secret() {
        return secret;
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
        processes().parallelStream().forEach(GatewayProcess::close);
        placement.close();
        vertx.close().await();
    }
}
