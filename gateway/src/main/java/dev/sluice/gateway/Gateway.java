// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway;

import dev.sluice.gateway.admin.AdminDoor;
import dev.sluice.gateway.admin.RevocationRoutes;
import dev.sluice.gateway.admission.AdmissionOptions;
import dev.sluice.gateway.admission.ClientAddresses;
import dev.sluice.gateway.admission.CrossOrigin;
import dev.sluice.gateway.admission.OriginPolicy;
import dev.sluice.gateway.admission.UpgradeGate;
import dev.sluice.gateway.canary.Canary;
import dev.sluice.gateway.canary.Canary.Neighbours;
import dev.sluice.gateway.census.Census;
import dev.sluice.gateway.census.ClusterCounts;
import dev.sluice.gateway.console.ClusterDesk;
import dev.sluice.gateway.console.ConsoleRoutes;
import dev.sluice.gateway.console.NodeDesk;
import dev.sluice.gateway.flags.ClusterFlags;
import dev.sluice.gateway.flags.ConfigRoutes;
import dev.sluice.gateway.hub.StreamHub;
import dev.sluice.gateway.ops.GatewayMetrics;
import dev.sluice.gateway.ops.InterfaceRoutes;
import dev.sluice.gateway.ops.MetricsGuard;
import dev.sluice.gateway.ops.OpsRoutes;
import dev.sluice.gateway.ops.PageRoutes;
import dev.sluice.gateway.session.GoAwayReason;
import dev.sluice.gateway.session.SessionOutcomes;
import dev.sluice.gateway.session.SessionRegistry;
import dev.sluice.gateway.session.SessionServices;
import dev.sluice.gateway.session.SessionSurvey;
import dev.sluice.stream.auth.TokenVerifier;
import dev.sluice.stream.log.StreamLog;
import dev.sluice.stream.metrics.OrgMeters;
import dev.sluice.stream.revocation.RevocationList;
import dev.sluice.stream.setting.SharedSetting;
import dev.sluice.stream.tls.Certificates;
import dev.sluice.stream.trace.Tracing;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * A gateway node: the composition root of this module. Puts the hub on one event loop and the sessions on all, and takes them down
 * in order.
 */
public final class Gateway {

    /** How long the limits of connections may be too generous after a node has died, and a change of the flags may go unnoticed. */
    private static final long REASSERT_MS = 10_000;

    private final Vertx vertx;
    private final GatewayOptions options;
    private final SessionRegistry sessions;
    private final UpgradeGate gate;
    private final AtomicReference<AdmissionOptions> admission;
    private final GatewayMetrics metrics;
    private final OpenRequests requests;
    private final ClusterFlags flags;
    private final Departures departures;
    private volatile OptionalLong reassertion = OptionalLong.empty();
    private volatile StreamHub hub;
    private volatile Canary canary;
    private volatile Certificates certificates;
    private final List<GatewayVerticle> verticles = new CopyOnWriteArrayList<>();
    private final List<String> deployments = new CopyOnWriteArrayList<>();

    private Gateway(
            Vertx vertx,
            GatewayOptions options,
            SessionRegistry sessions,
            UpgradeGate gate,
            AtomicReference<AdmissionOptions> admission,
            GatewayMetrics metrics,
            ClusterFlags flags) {
        this.vertx = vertx;
        this.options = options;
        this.sessions = sessions;
        this.gate = gate;
        this.admission = admission;
        this.metrics = metrics;
        this.flags = flags;
        this.requests = new OpenRequests(gate::isDraining);
        this.departures = new Departures(
                vertx, sessions, requests, metrics, options.session().closeTimeout());
    }

    /**
     * What a gateway needs from its surroundings.
     *
     * @param node its name, told to every client
     * @param log where streams are read; its codecs must be registered on the bus of {@code vertx}
     * @param registry where its meters go; scraped at {@code /metrics}
     * @param orgs which of them name orgs; the caller ends the windows
     * @param counts what the nodes tell each other of their connections
     * @param flags where the nodes keep the feature flags that an operator has set
     * @param revocations which tokens are revoked; the verifier refuses those already
     * @param clusterProblem why the cluster cannot be relied on now; empty when it can
     * @param cluster what the metrics say of the cluster
     * @param map the cluster as this node sees it, for {@link ClusterDesk}
     * @param neighbours the other gateways, which the canary expects to hear
     * @param tracing makes spans of what is delivered of traced events
     * @param routes further routes on the same port, added for each event loop
     */
    public record Surroundings(
            String node,
            StreamLog log,
            TokenVerifier verifier,
            PrometheusMeterRegistry registry,
            OrgMeters orgs,
            ClusterCounts counts,
            SharedSetting flags,
            RevocationList revocations,
            Supplier<Optional<String>> clusterProblem,
            Supplier<JsonObject> cluster,
            Supplier<JsonObject> map,
            Neighbours neighbours,
            Tracing tracing,
            List<Consumer<Router>> routes) {}

    /** Starts a gateway; completes when it listens. Any thread. */
    public static Future<Gateway> start(Vertx vertx, GatewayOptions options, Surroundings around) {
        GatewayMetrics metrics = new GatewayMetrics(around.registry(), around.orgs());
        Census census = new Census(around.counts(), metrics::uncounted);
        SessionRegistry sessions = new SessionRegistry(options.session(), census);
        AtomicReference<AdmissionOptions> admission = new AtomicReference<>(options.admission());
        UpgradeGate gate = new UpgradeGate(
                new NodeRoom(sessions, admission::get),
                options.admission(),
                Gateway::now,
                metrics,
                RandomGenerator.getDefault());
        Gateway gateway = new Gateway(
                vertx, options, sessions, gate, admission, metrics, new ClusterFlags(around.flags(), options.flags()));
        gateway.show(metrics, around.clusterProblem());
        HubVerticle hub = new HubVerticle(
                around.log(), options.hub(), options.canary(), around.neighbours(), metrics, around.tracing());
        return gateway.flags
                .start()
                .compose(asked -> vertx.deployVerticle(hub))
                .onSuccess(gateway.deployments::add)
                .compose(id -> {
                    gateway.hub = hub.hub();
                    gateway.canary = hub.canary();
                    return Certificates.load(vertx, options.tls());
                })
                .compose(loaded -> {
                    gateway.certificates = loaded;
                    return gateway.deploySessions(around, hub.hub());
                })
                .onSuccess(id -> gateway.keepUp(census))
                .map(gateway);
    }

    private void show(GatewayMetrics metrics, Supplier<Optional<String>> clusterProblem) {
        SessionOutcomes.show(metrics);
        metrics.node(() -> notReady(clusterProblem).isEmpty(), requests::count);
    }

    private Future<String> deploySessions(Surroundings around, StreamHub hub) {
        SessionServices services = new SessionServices(
                around.node(),
                hub,
                around.verifier(),
                sessions,
                metrics,
                () -> flags.get().toJson(),
                around.revocations()::isRevoked);
        OpsRoutes ops = new OpsRoutes(
                metrics,
                around.registry(),
                new MetricsGuard(around.verifier(), options.metricsAccess()),
                () -> notReady(around.clusterProblem()),
                around.cluster());
        List<Consumer<Router>> routes = new ArrayList<>();
        routes.add(requests::mount);
        routes.addAll(around.routes());
        CrossOrigin crossOrigin = new CrossOrigin(new OriginPolicy(options.origins()));
        routes.add(router -> router.route(ConfigRoutes.PATH).handler(routing -> {
            if (!crossOrigin.answersPreflight(routing.request())) {
                crossOrigin.mark(routing.request());
                routing.next();
            }
        }));
        routes.add(ops::mount);
        AdminDoor door = new AdminDoor(
                around.verifier(), new ClientAddresses(options.admission().trustedProxies()));
        ClusterDesk desk = desk(around, ops);
        routes.add(new ConsoleRoutes(desk, door, InstantSource.system())::mount);
        routes.add(new ConfigRoutes(flags, door, options.session().heartbeat().toMillis())::mount);
        routes.add(new RevocationRoutes(around.revocations(), door, InstantSource.system())::mount);
        routes.add(InterfaceRoutes::mount);
        routes.add(PageRoutes::mount);
        DeploymentOptions deployment =
                new DeploymentOptions().setInstances(Runtime.getRuntime().availableProcessors());
        return vertx.deployVerticle(desk)
                .onSuccess(deployments::add)
                .compose(id -> vertx.deployVerticle(
                        () -> {
                            GatewayVerticle verticle =
                                    new GatewayVerticle(options, services, gate, flags, certificates, routes);
                            verticles.add(verticle);
                            return verticle;
                        },
                        deployment))
                .onSuccess(deployments::add);
    }

    private ClusterDesk desk(Surroundings around, OpsRoutes ops) {
        NodeDesk.Node node =
                new NodeDesk.Node(around.node(), () -> notReady(around.clusterProblem()), ops::figures, this::drain);
        SessionSurvey survey = new SessionSurvey(() -> verticles.stream()
                .flatMap(verticle -> verticle.sessions().stream())
                .toList());
        return new ClusterDesk(new NodeDesk(node, survey, () -> hub, around.registry()), around.map());
    }

    private void keepUp(Census census) {
        certificates.watch(renewed -> Future.all(
                verticles.stream().map(verticle -> verticle.renew(renewed)).toList()));
        flags.onChange(changed -> verticles.forEach(GatewayVerticle::flagsChanged));
        reassertion = OptionalLong.of(vertx.setPeriodic(REASSERT_MS, timer -> {
            census.reassert();
            flags.refresh();
        }));
    }

    private Optional<String> notReady(Supplier<Optional<String>> clusterProblem) {
        Canary watching = canary; // null until the hub is deployed, while metrics may be read already
        Optional<String> deaf = watching == null ? Optional.empty() : watching.problem();
        return gate.isDraining()
                ? Optional.of("draining")
                : clusterProblem.get().or(() -> deaf);
    }

    /** Goes on with the limits of other options and their flags at the start; what else they say is not looked at. Any thread. */
    public void change(GatewayOptions next) {
        sessions.change(options.session().withLimits(next.session()));
        admission.set(next.admission());
        gate.change(next.admission());
        flags.changeInitial(next.flags());
    }

    /** The port it listens on. */
    public int port() {
        return verticles.get(0).port();
    }

    /** What it answers over HTTP, such as {@code GET /metrics}, in no order; a path may end in {@code *}. */
    public Set<String> routes() {
        return verticles.get(0).routes();
    }

    /**
     * Takes no more sessions, and sends those that are here away (see {@link #goAway}). Requests under way, publishes among them, are
     * finished; new ones are still answered, and health says that the node is not ready. Any thread.
     *
     * @return completes when all sessions are gone and all requests answered, or when the window and the close timeout are over
     */
    public Future<Void> drain() {
        gate.drain();
        metrics.draining();
        return departures.drain(options.drainWindow());
    }

    /**
     * Sends every session to another node, each in its own slot of the window, and closes those that stay. The node itself goes on:
     * who comes meanwhile is sent away, too, who comes later is served. A later call takes the place of an earlier one: its
     * slots are the valid ones. Any thread.
     *
     * @param window 0 closes at once
     * @return completes when all are gone, when the window and the close timeout are over, or when a later call took over
     */
    public Future<Void> goAway(GoAwayReason reason, Duration window) {
        return departures.goAway(reason, window);
    }

    /** From now on nothing that this node holds is called current, until {@link #believe()}. Any thread. */
    public void doubt() {
        hub.doubt();
    }

    /** The cluster has confirmed what this node holds: serves as before. Any thread. */
    public void believe() {
        hub.believe();
        gate.cutOff(false);
    }

    /** Cut off from the others: takes no more sessions until {@link #believe()}, and sends those that are here to the others. Any thread. */
    public void leaveToOthers() {
        gate.cutOff(true);
        if (gate.isDraining()) {
            return; // they are on their way already
        }
        goAway(GoAwayReason.REBALANCE, options.drainWindow());
    }

    /** See {@link StreamHub#clusterChanged}. */
    public Future<Void> clusterChanged() {
        return hub.clusterChanged();
    }

    /** Ends a drain at once, whether it has begun or not: closes the sessions and waits for no request. Any thread. */
    public void hurry() {
        departures.hurry();
    }

    static long now() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    /** Stops; what is still connected is closed with 1001. Any thread. */
    public Future<Void> stop() {
        reassertion.ifPresent(vertx::cancelTimer);
        certificates.close();
        Future<Void> done = Future.succeededFuture();
        for (int i = deployments.size() - 1; i >= 0; i--) {
            String deployment = deployments.get(i);
            done = done.compose(nothing -> vertx.undeploy(deployment));
        }
        return done;
    }
}
