// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli;

import dev.sluice.cli.tracing.SpanMeters;
import dev.sluice.cli.tracing.TracingExport;
import dev.sluice.gateway.Gateway;
import dev.sluice.gateway.canary.Canary.Neighbours;
import dev.sluice.gateway.ops.MetricsGuard;
import dev.sluice.gateway.ops.PrometheusRoute;
import dev.sluice.publisher.EventPublisher;
import dev.sluice.publisher.PublisherMetrics;
import dev.sluice.publisher.PublisherVerticle;
import dev.sluice.publisher.finance.FinanceRoutes;
import dev.sluice.publisher.http.IngestRoutes;
import dev.sluice.publisher.http.PublishEndpoints;
import dev.sluice.publisher.http.PublisherHttpVerticle;
import dev.sluice.stream.auth.TokenVerifier;
import dev.sluice.stream.auth.TokenVerifiers;
import dev.sluice.stream.cluster.ClusterJoin;
import dev.sluice.stream.cluster.ClusterNode;
import dev.sluice.stream.cluster.ClusterStanding.Doubt;
import dev.sluice.stream.cluster.ClusterTimeline;
import dev.sluice.stream.cluster.ClusterWatch;
import dev.sluice.stream.cluster.NodeNames;
import dev.sluice.stream.log.HazelcastStreamLog;
import dev.sluice.stream.log.LogSweeper;
import dev.sluice.stream.log.LogUnavailableException;
import dev.sluice.stream.log.StreamLog;
import dev.sluice.stream.metrics.OrgMeters;
import dev.sluice.stream.revocation.HazelcastRevocations;
import dev.sluice.stream.revocation.RevocationList;
import dev.sluice.stream.revocation.RevocationStore;
import dev.sluice.stream.setting.HazelcastSetting;
import dev.sluice.stream.trace.Tracing;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.ext.web.Router;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One process of Sluice, put together: joins the cluster, opens the log, starts what its role asks for, listens. Whatever is
 * started says at once how it is stopped, so {@link #stop()} takes down any half of it in the opposite order.
 *
 * <p>{@code start} and {@code stop} may be called from any thread; the steps run on one context of Vert.x.
 */
final class Node {

    private static final Logger LOGGER = LoggerFactory.getLogger(Node.class);

    private static final long LOG_RETRY_MILLIS = 250;

    private final SluiceConfig config;
    private final NodeRole role;
    private final Promise<Void> started = Promise.promise();
    private final Promise<Void> lost = Promise.promise();
    private final Promise<Void> hurry = Promise.promise();
    private final ClusterTimeline timeline = new ClusterTimeline(Clock.systemUTC());
    private volatile boolean stopping;
    private volatile int port;
    private volatile NodeStanding standing; // null until it is ready
    // the context of the start
    private boolean waiting;
    private PublisherVerticle bus;

    private volatile Gateway gateway; // null until it listens, and of a publisher

    private final Closers closers = new Closers();

    Node(SluiceConfig config, NodeRole role) {
        this.config = config;
        this.role = role;
    }

    /**
     * Starts; to be called once. Waits for the cluster as long as it takes: a node without quorum is no failure.
     *
     * @return completes when it listens and its log is open; fails, with all of it taken down again, if it cannot be started
     */
    Future<Void> start() {
        ClusterJoin join = new ClusterJoin(config.cluster(), config.runtime());
        if (role.isLite()) {
            join.asLiteMember();
        } else if (config.gateway().canary().isOn()) {
            join.hazelcast(hazelcast -> NodeNames.announce(hazelcast, config.nodeName()));
        }
        PlainPort.warn(config, role);
        join.join().compose(this::startServices).onComplete(started);
        Promise<Void> result = Promise.promise();
        started.future().onSuccess(result::complete).onFailure(failure -> closers.closeAll()
                .onComplete(closed -> result.fail(failure)));
        return result.future();
    }

    private Future<Void> startServices(ClusterNode cluster) {
        closers.add(cluster::leave);
        timeline.watch(cluster.hazelcast());
        cluster.lost().onSuccess(nothing -> lost.tryComplete());
        Context context = cluster.vertx().getOrCreateContext();
        Promise<Void> done = Promise.promise();
        context.runOnContext(nothing -> openLog(cluster)
                .compose(log -> TokenVerifiers.create(cluster.vertx(), config.auth(), Clock.systemUTC())
                        .compose(verifier -> foundation(cluster, log, verifier)))
                .compose(this::startDoors)
                .onSuccess(this::announce)
                .<Void>mapEmpty()
                .onComplete(done));
        return done.future();
    }

    /** What everything else of this process stands on. */
    private record Foundation(
            ClusterNode cluster,
            StreamLog log,
            TokenVerifier verifier,
            RevocationList revocations,
            PrometheusMeterRegistry registry,
            OrgMeters orgs,
            Tracing tracing) {}

    /** Knows which tokens are revoked before anything listens. */
    private Future<Foundation> foundation(ClusterNode cluster, StreamLog log, TokenVerifier verifier) {
        RevocationStore store = new HazelcastRevocations(cluster.vertx(), cluster.hazelcast());
        RevocationList revocations = new RevocationList(store, config.auth(), Clock.systemUTC());
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        ProcessMeters process = new ProcessMeters(registry);
        process.cluster(cluster, config.log().shards());
        if (role.isLite()) {
            process.ready(() -> notReady(cluster).isEmpty());
        }
        closers.add(() -> {
            process.close();
            return Future.succeededFuture();
        });
        OrgMeters orgs = new OrgMeters(registry, config.metrics());
        if (orgs.isOn()) {
            cluster.vertx().setPeriodic(OrgMeters.WINDOW.toMillis(), timer -> orgs.endWindow());
        }
        Tracing tracing = startTracing(cluster, registry);
        return revocations
                .start(cluster.vertx(), () -> stopping)
                .map(known -> new Foundation(
                        cluster, log, revocations.guard(verifier), revocations, registry, orgs, tracing));
    }

    /** Where it is off, nothing of it is loaded. */
    private Tracing startTracing(ClusterNode cluster, PrometheusMeterRegistry registry) {
        SpanMeters meters = new SpanMeters(registry);
        if (!config.tracing().enabled()) {
            return Tracing.OFF;
        }
        TracingExport export = TracingExport.start(config.tracing(), config.nodeName(), Version.release(), meters);
        closers.add(() -> export.close(cluster.vertx()));
        return export.tracing();
    }

    private Future<Integer> startDoors(Foundation on) {
        PublisherMetrics metrics = new PublisherMetrics(on.registry(), on.orgs());
        EventPublisher publisher =
                EventPublisher.create(on.cluster().vertx(), on.log(), config.publisher(), metrics, on.tracing());
        closers.add(publisher::close);
        return startPublisher(on, publisher, metrics)
                .compose(routes -> role.isLite() ? openDoor(on, routes) : startGateway(on, routes))
                .onSuccess(port -> watchCluster(on, publisher));
    }

    /** From here on the node is judged by what happens to the cluster. */
    private void watchCluster(Foundation on, EventPublisher publisher) {
        NodeStanding judged = new NodeStanding(
                on.cluster().vertx().getOrCreateContext(),
                on.log(),
                publisher,
                Optional.ofNullable(bus),
                Optional.ofNullable(gateway));
        standing = judged;
        ClusterWatch watch = ClusterWatch.start(on.cluster(), on.cluster().heartbeatLimit(), verdict -> {
            timeline.hear(verdict);
            judged.hear(verdict);
        });
        closers.add(() -> {
            watch.stop();
            return Future.succeededFuture();
        });
    }

    /** The log, with the sweep of what it holds here; asks again until the cluster answers, which may need other nodes. */
    private Future<StreamLog> openLog(ClusterNode cluster) {
        return HazelcastStreamLog.open(cluster.vertx(), cluster.hazelcast(), config.log())
                .onSuccess(log -> {
                    LogSweeper sweeper =
                            new LogSweeper(cluster.vertx(), cluster.hazelcast(), config.log(), Clock.systemUTC());
                    sweeper.start();
                    closers.add(sweeper::close);
                })
                .recover(failure -> failure instanceof LogUnavailableException && !stopping
                        ? openLogLater(cluster)
                        : Future.failedFuture(failure));
    }

    private Future<StreamLog> openLogLater(ClusterNode cluster) {
        if (!waiting) {
            waiting = true;
            LOGGER.atInfo()
                    .addKeyValue("members", cluster.memberCount())
                    .addKeyValue("quorum", config.cluster().quorum())
                    .log("waiting for other nodes");
        }
        return cluster.vertx().timer(LOG_RETRY_MILLIS, TimeUnit.MILLISECONDS).compose(fired -> openLog(cluster));
    }

    /** What takes publishes; answers with the routes that it adds to the HTTP port. */
    private Future<List<Consumer<Router>>> startPublisher(
            Foundation on, EventPublisher publisher, PublisherMetrics metrics) {
        PublishEndpoints endpoints = new PublishEndpoints(on.verifier(), config.publisher(), metrics);
        List<Consumer<Router>> routes = new ArrayList<>();
        routes.add(new IngestRoutes(publisher, endpoints)::mount);
        if (role.hasSample()) {
            routes.add(new FinanceRoutes(publisher, endpoints)::mount);
        }
        if (!role.answersOnTheBus()) {
            return Future.succeededFuture(routes);
        }
        bus = new PublisherVerticle(publisher, metrics);
        return on.cluster().vertx().deployVerticle(bus).map(deployed -> routes);
    }

    /** The port of a process that only publishes. */
    private Future<Integer> openDoor(Foundation on, List<Consumer<Router>> publisherRoutes) {
        List<Consumer<Router>> routes = new ArrayList<>(publisherRoutes);
        routes.add(new HealthRoutes(() -> notReady(on.cluster()))::mount);
        MetricsGuard guard = new MetricsGuard(on.verifier(), config.gateway().metricsAccess());
        routes.add(router -> PrometheusRoute.mount(router, guard, on.registry()));
        PublisherHttpVerticle door =
                new PublisherHttpVerticle(config.publisher().http(), routes);
        return on.cluster()
                .vertx()
                .deployVerticle(door)
                .onSuccess(id -> closers.add(() -> on.cluster().vertx().undeploy(id)))
                .map(id -> door.port());
    }

    private Future<Integer> startGateway(Foundation on, List<Consumer<Router>> publisherRoutes) {
        List<Consumer<Router>> routes = new ArrayList<>(publisherRoutes);
        if (role == NodeRole.DEMO) {
            routes.add(new DemoRoutes(config.nodeName())::mount);
        }
        NodeNames names = new NodeNames(on.cluster());
        Gateway.Surroundings around = new Gateway.Surroundings(
                config.nodeName(),
                on.log(),
                on.verifier(),
                on.registry(),
                on.orgs(),
                new MemberCounts(on.cluster()),
                new HazelcastSetting(on.cluster().vertx(), on.cluster().hazelcast(), "flags"),
                on.revocations(),
                () -> notReady(on.cluster()),
                () -> ClusterFigures.of(on.cluster(), config.log().shards()),
                new ClusterMap(on.cluster(), config.log().shards(), timeline)::toJson,
                new Neighbours(names.self(), config.nodeName(), names::others),
                on.tracing(),
                routes);
        return Gateway.start(on.cluster().vertx(), config.gateway(), around)
                .onSuccess(started -> gateway = started)
                .onSuccess(this::closeGateway)
                .map(Gateway::port);
    }

    private void closeGateway(Gateway gateway) {
        hurry.future().onSuccess(nothing -> gateway.hurry());
        closers.add(() -> gateway.drain().eventually(gateway::stop));
    }

    private Optional<String> notReady(ClusterNode cluster) {
        if (stopping) {
            return Optional.of("stopping");
        }
        NodeStanding judged = standing;
        if (cluster.hasQuorum() && judged != null) {
            return judged.doubt().map(Doubt::text);
        }
        return cluster.hasQuorum() ? Optional.empty() : Optional.of(Doubt.NO_QUORUM.text());
    }

    private void announce(int listeningPort) {
        port = listeningPort;
        // Read by the testkit and by whoever supervises the process; a part of the interface.
        LOGGER.atInfo()
                .addKeyValue("event", "ready")
                .addKeyValue("port", listeningPort)
                .addKeyValue("role", role)
                .log("ready");
    }

    /** Goes on with what of the configuration may change; of a node that has started. Any thread. */
    void change(SluiceConfig next) {
        Gateway changed = gateway;
        if (changed != null) {
            changed.change(next.gateway());
        }
    }

    /** Where it listens; 0 until it does. */
    int port() {
        return port;
    }

    /** What it answers over HTTP; of a gateway that listens. */
    Set<String> routes() {
        return gateway.routes();
    }

    /** Completes if the process was thrown out of the cluster and is of no use any more. */
    Future<Void> lost() {
        return lost.future();
    }

    /** Whether it has been asked to stop. */
    boolean isStopping() {
        return stopping;
    }

    /** Stops what has been started, the latest first; waits for a start under way to end first. Never fails. */
    Future<Void> stop() {
        stopping = true;
        started.future().onComplete(result -> closers.closeAll());
        return closers.closed();
    }

    /** Cuts short what of a stop is politeness to clients; the data is still handed over. Any thread. */
    void hurry() {
        hurry.tryComplete();
    }
}
