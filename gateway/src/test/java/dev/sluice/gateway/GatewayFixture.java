// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway;

import dev.sluice.gateway.admission.AdmissionOptions;
import dev.sluice.gateway.canary.Canary.Neighbours;
import dev.sluice.gateway.canary.CanaryOptions;
import dev.sluice.gateway.census.ClusterCounts;
import dev.sluice.gateway.flags.FeatureFlags;
import dev.sluice.gateway.hub.HubOptions;
import dev.sluice.gateway.ops.MetricsAccess;
import dev.sluice.gateway.session.SessionOptions;
import dev.sluice.gateway.tls.TlsOptions;
import dev.sluice.gateway.transport.http.FallbackOptions;
import dev.sluice.stream.Event;
import dev.sluice.stream.EventParser;
import dev.sluice.stream.StreamKey;
import dev.sluice.stream.auth.AuthOptions;
import dev.sluice.stream.auth.Claims;
import dev.sluice.stream.auth.Scope;
import dev.sluice.stream.auth.TokenException;
import dev.sluice.stream.auth.TokenVerifier;
import dev.sluice.stream.bus.BusAddresses;
import dev.sluice.stream.bus.CommittedBatch;
import dev.sluice.stream.log.Commit;
import dev.sluice.stream.log.CommitResult;
import dev.sluice.stream.log.InMemoryStreamLog;
import dev.sluice.stream.log.KnownEvent;
import dev.sluice.stream.log.LogOptions;
import dev.sluice.stream.log.LogSlice;
import dev.sluice.stream.log.ShardChanges;
import dev.sluice.stream.log.ShardVersion;
import dev.sluice.stream.log.StreamLog;
import dev.sluice.stream.metrics.MetricsOptions;
import dev.sluice.stream.metrics.OrgMeters;
import dev.sluice.stream.revocation.InMemoryRevocations;
import dev.sluice.stream.revocation.RevocationList;
import dev.sluice.stream.setting.InMemorySetting;
import io.micrometer.core.instrument.Counter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.spi.metrics.HttpServerMetrics;
import io.vertx.core.spi.metrics.VertxMetrics;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * A real gateway on a free port of this machine, over a log in memory. Tokens are {@code org}, {@code org:user} or {@code org:user:ms}, where
 * they last so long; {@code admin}, {@code admin@org} and {@code writer@org} have other scopes than to read.
 */
final class GatewayFixture implements AutoCloseable {

    static final String NODE_ID = "this-node";
    static final String SILENT_ID = "another-node";

    private static final StreamKey FINANCE = new StreamKey("42", "finance");

    private static final Neighbours NOBODY = Neighbours.none("node-under-test");

    private final AtomicInteger connections = new AtomicInteger();
    private final Vertx vertx =
            Vertx.builder().withMetrics(options -> counting(connections)).build();
    private final StreamLog log =
            new LockedLog(new InMemoryStreamLog(LogOptions.defaults(), InstantSource.system(), new Random(7)));
    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final OrgMeters orgs;
    private final UUID publisher = UUID.randomUUID();
    private final InMemorySetting setting = new InMemorySetting();
    private final RevocationList revocations =
            new RevocationList(new InMemoryRevocations(), AuthOptions.defaults(), InstantSource.system());
    private final Gateway gateway;
    private long commits;
    private int ids;

    GatewayFixture(SessionOptions session) {
        this(session, List.of());
    }

    /** A gateway with further routes. */
    GatewayFixture(SessionOptions session, List<Consumer<Router>> routes) {
        this(AdmissionOptions.defaults(), session, routes);
    }

    /** A gateway that lets in in its own way. */
    GatewayFixture(AdmissionOptions admission, SessionOptions session, List<Consumer<Router>> routes) {
        this(FeatureFlags.defaults(), admission, session, routes);
    }

    /** A gateway that begins with the given flags. */
    GatewayFixture(
            FeatureFlags flags, AdmissionOptions admission, SessionOptions session, List<Consumer<Router>> routes) {
        this(
                flags,
                admission,
                session,
                routes,
                MetricsOptions.defaults(),
                TlsOptions.defaults(),
                CanaryOptions.defaults(),
                NOBODY);
    }

    /** A gateway that names orgs in its metrics. */
    GatewayFixture(MetricsOptions metrics) {
        this(
                FeatureFlags.defaults(),
                AdmissionOptions.defaults(),
                SessionOptions.defaults(),
                List.of(),
                metrics,
                TlsOptions.defaults(),
                CanaryOptions.defaults(),
                NOBODY);
    }

    /** A gateway that expects to hear others. */
    GatewayFixture(CanaryOptions canary, Neighbours neighbours) {
        this(
                FeatureFlags.defaults(),
                AdmissionOptions.defaults(),
                SessionOptions.defaults(),
                List.of(),
                MetricsOptions.defaults(),
                TlsOptions.defaults(),
                canary,
                neighbours);
    }

    /** A gateway that speaks TLS. */
    GatewayFixture(TlsOptions tls) {
        this(
                FeatureFlags.defaults(),
                AdmissionOptions.defaults(),
                SessionOptions.defaults(),
                List.of(),
                MetricsOptions.defaults(),
                tls,
                CanaryOptions.defaults(),
                NOBODY);
    }

    private GatewayFixture(
            FeatureFlags flags,
            AdmissionOptions admission,
            SessionOptions session,
            List<Consumer<Router>> routes,
            MetricsOptions metrics,
            TlsOptions tls,
            CanaryOptions canary,
            Neighbours neighbours) {
        orgs = new OrgMeters(meters, metrics);
        BusAddresses.registerCodecs(vertx);
        GatewayOptions options = new GatewayOptions(
                "127.0.0.1",
                0,
                tls,
                List.of("https://allowed.example"),
                true,
                MetricsAccess.LOOPBACK,
                Duration.ofMillis(500),
                flags,
                admission,
                session,
                FallbackOptions.defaults(),
                HubOptions.defaults(),
                canary);
        gateway = Gateway.start(
                        vertx,
                        options,
                        new Gateway.Surroundings(
                                "node-under-test",
                                log,
                                revocations.guard(verifier()),
                                meters,
                                orgs,
                                ClusterCounts.alone(),
                                setting,
                                revocations,
                                Optional::empty,
                                JsonObject::new,
                                GatewayFixture::alone,
                                neighbours,
                                routes))
                .await();
    }

    /** A cluster of this node and of one that never answers. */
    private static JsonObject alone() {
        JsonArray members = new JsonArray()
                .add(new JsonObject()
                        .put("id", NODE_ID)
                        .put("address", "127.0.0.1:1")
                        .put("lite", false))
                .add(new JsonObject()
                        .put("id", SILENT_ID)
                        .put("address", "127.0.0.1:2")
                        .put("lite", false))
                .add(new JsonObject()
                        .put("id", "publisher")
                        .put("address", "127.0.0.1:3")
                        .put("lite", true));
        return new JsonObject()
                .put("self", NODE_ID)
                .put("quorum", true)
                .put("members", members)
                .put("shards", new JsonArray().add(new JsonArray().add(NODE_ID).add(SILENT_ID)))
                .put("changes", new JsonArray());
    }

    private static TokenVerifier verifier() {
        return token -> {
            if (token.startsWith("bad")) {
                return Future.failedFuture(new TokenException(TokenException.Reason.INVALID, "not a token"));
            }
            String[] parts = token.split(":", 3);
            boolean admin = parts[0].startsWith("admin");
            String org = parts[0].replaceFirst("^(admin|writer)@?", "");
            return Future.succeededFuture(new Claims(
                    org.isEmpty() ? Optional.empty() : Optional.of(org),
                    parts.length > 1 ? Optional.of(parts[1]) : Optional.empty(),
                    Optional.empty(),
                    Set.of(admin ? Scope.ADMIN : parts[0].startsWith("writer") ? Scope.PUBLISH : Scope.READ),
                    Instant.now().plusMillis(parts.length > 2 ? Long.parseLong(parts[2]) : 3_600_000)));
        };
    }

    /** Counts connections to its HTTP servers, for Vert.x itself tells of none. */
    private static VertxMetrics counting(AtomicInteger open) {
        return new VertxMetrics() {
            @Override
            public HttpServerMetrics<?, ?, ?> createHttpServerMetrics(
                    HttpServerOptions options, SocketAddress address) {
                return new HttpServerMetrics<Object, Object, Object>() {
                    @Override
                    public Object connected(SocketAddress remote, String name) {
                        open.incrementAndGet();
                        return remote;
                    }

                    @Override
                    public void disconnected(Object socket, SocketAddress remote) {
                        open.decrementAndGet();
                    }
                };
            }
        };
    }

    /** How many connections its HTTP servers have. */
    int connections() {
        return connections.get();
    }

    Vertx vertx() {
        return vertx;
    }

    Gateway gateway() {
        return gateway;
    }

    int port() {
        return gateway.port();
    }

    /** The value of a counter, 0 if it does not exist. */
    double count(String counter, String... tags) {
        return meters.find(counter).tags(tags).counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    /** The value of a counter that is counted elsewhere. */
    double total(String counter) {
        return meters.get(counter).functionCounter().count();
    }

    /** The value of a gauge, 0 if it does not exist. */
    double meter(String gauge, String... tags) {
        return meters.find(gauge).tags(tags).gauges().stream()
                .mapToDouble(found -> found.value())
                .sum();
    }

    /** The address of a path. */
    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port() + path);
    }

    /** What {@code GET /v2/realtime/metrics} says. */
    JsonObject metrics() {
        return new JsonObject(get("/v2/realtime/metrics"));
    }

    /** What {@code GET /metrics} says once a window of the meters of orgs has ended. */
    PrometheusText prometheus() {
        orgs.endWindow();
        return PrometheusText.parse(get("/metrics"));
    }

    private String get(String path) {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                    .build();
            return HttpClient.newHttpClient()
                    .send(request, HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Commits so many events to org 42, finance, in one commit, and pushes them. */
    void publish(int count, int padding) {
        publish(count, padding, true);
    }

    synchronized void publish(int count, int padding, boolean push) {
        int shard = FINANCE.shard(log.shards());
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            events.add(event("e" + ++ids, padding));
        }
        Commit commit = new Commit(shard, publisher, ++commits, events);
        CommitResult result = log.commit(commit).await();
        if (push) {
            vertx.eventBus()
                    .publish(
                            BusAddresses.shard(shard),
                            CommittedBatch.of(commit, result).orElseThrow());
        }
    }

    private static Event event(String id, int padding) {
        JsonObject json = new JsonObject()
                .put("specversion", "1.0")
                .put("id", id)
                .put("source", "/test")
                .put("type", "finance.test")
                .put("org", "42")
                .put("service", "finance")
                .put("data", new JsonObject().put("text", "x".repeat(padding)));
        return EventParser.parse(json.encode().getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        gateway.stop().compose(stopped -> vertx.close()).await();
    }

    /** Makes the single-threaded log safe for a gateway of several event loops. */
    private record LockedLog(StreamLog log) implements StreamLog {
        @Override
        public int shards() {
            return log.shards();
        }

        @Override
        public synchronized Future<CommitResult> commit(Commit commit) {
            return log.commit(commit);
        }

        @Override
        public synchronized Future<LogSlice> read(StreamKey key, long fromSeq, int maxEvents, int maxBytes) {
            return log.read(key, fromSeq, maxEvents, maxBytes);
        }

        @Override
        public synchronized Future<LogSlice> renew(StreamKey key, KnownEvent known) {
            return log.renew(key, known);
        }

        @Override
        public synchronized Future<ShardVersion> version(int shard) {
            return log.version(shard);
        }

        @Override
        public synchronized Future<ShardChanges> changes(int shard, ShardVersion since) {
            return log.changes(shard, since);
        }
    }
}
