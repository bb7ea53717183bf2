// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.simulation;

import dev.sluice.gateway.census.Census;
import dev.sluice.gateway.census.ClusterCounts;
import dev.sluice.gateway.hub.HubOptions;
import dev.sluice.gateway.hub.PushSource;
import dev.sluice.gateway.hub.StreamHub;
import dev.sluice.gateway.ops.GatewayMetrics;
import dev.sluice.gateway.session.Session;
import dev.sluice.gateway.session.SessionLoop;
import dev.sluice.gateway.session.SessionOptions;
import dev.sluice.gateway.session.SessionRegistry;
import dev.sluice.gateway.session.SessionServices;
import dev.sluice.stream.auth.Claims;
import dev.sluice.stream.auth.TokenVerifier;
import dev.sluice.stream.log.StreamLog;
import dev.sluice.stream.trace.Tracing;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** One gateway node as the composition root wires it: a hub on a loop of its own, and loops of sessions. */
public final class SimulatedNode {

    /** The feature flags that it announces. */
    public static final JsonObject FLAGS = new JsonObject()
            .put("realtime", true)
            .put("rolloutPercent", 100)
            .put("transports", new JsonArray().add("websocket"));

    private final MeterRegistry meters;
    private Predicate<Claims> revoked = claims -> false;
    private final ManualLoop hubLoop;
    private final StreamHub hub;
    private final SessionRegistry registry;
    private final List<SessionLoop> loops = new ArrayList<>();
    private final List<ManualLoop> manualLoops = new ArrayList<>();

    /** A node with so many loops of sessions. */
    public SimulatedNode(
            ManualTime time,
            StreamLog log,
            PushSource bus,
            TokenVerifier verifier,
            SessionOptions session,
            HubOptions hubOptions,
            int sessionLoops) {
        this(time, log, bus, verifier, session, hubOptions, sessionLoops, ClusterCounts.alone(), Tracing.OFF);
    }

    /** A node that asks the others how many connections they have. */
    SimulatedNode(
            ManualTime time,
            StreamLog log,
            PushSource bus,
            TokenVerifier verifier,
            SessionOptions session,
            HubOptions hubOptions,
            int sessionLoops,
            ClusterCounts counts,
            Tracing tracing) {
        this(time, log, bus, verifier, session, hubOptions, sessionLoops, counts, new SimpleMeterRegistry(), tracing);
    }

    /** A node that measures nothing, which is most of what it would do in a simulation. */
    public static SimulatedNode unmeasured(
            ManualTime time,
            StreamLog log,
            PushSource bus,
            TokenVerifier verifier,
            SessionOptions session,
            HubOptions hubOptions,
            int sessionLoops) {
        return new SimulatedNode(
                time,
                log,
                bus,
                verifier,
                session,
                hubOptions,
                sessionLoops,
                ClusterCounts.alone(),
                new CompositeMeterRegistry(),
                Tracing.OFF);
    }

    private SimulatedNode(
            ManualTime time,
            StreamLog log,
            PushSource bus,
            TokenVerifier verifier,
            SessionOptions session,
            HubOptions hubOptions,
            int sessionLoops,
            ClusterCounts counts,
            MeterRegistry meters,
            Tracing tracing) {
        this.meters = meters;
        GatewayMetrics metrics = new GatewayMetrics(meters);
        hubLoop = time.loop();
        hub = new StreamHub(hubLoop, log, bus, hubOptions, metrics, tracing);
        registry = new SessionRegistry(session, new Census(counts, metrics::uncounted));
        SessionServices services = new SessionServices(
                "node-1", hub, verifier, registry, metrics, () -> FLAGS, claims -> revoked.test(claims));
        for (int i = 0; i < sessionLoops; i++) {
            ManualLoop loop = time.loop();
            manualLoops.add(loop);
            loops.add(new SessionLoop(loop, services, hubOptions));
        }
    }

    /** A connection to the first loop, without a token of its own. */
    public Session connect(FakeOutput output) {
        return connect(output, 0);
    }

    /** A connection to the given loop. */
    public Session connect(FakeOutput output, int loop) {
        return open(output, loop, Optional.empty());
    }

    /** A connection that brings a token. */
    public Session connectWithToken(FakeOutput output, String token) {
        return open(output, 0, Optional.of(token));
    }

    private Session open(FakeOutput output, int loop, Optional<String> token) {
        Session session = loops.get(loop).open(output, token, Optional.empty());
        output.of(session).answerPings(session::onPong);
        return session;
    }

    /** From now on the tokens of these claims are revoked. */
    public void revoke(Predicate<Claims> of) {
        revoked = of;
    }

    /** The loop, to run something on it. */
    public ManualLoop loop(int number) {
        return manualLoops.get(number);
    }

    /** Lets the hub do what it has to do now, whatever the other loops are doing. */
    public void runHub() {
        boolean more = true;
        while (more) {
            more = hubLoop.runOne();
        }
    }

    /** The sessions of a loop. */
    public SessionLoop sessionLoop(int number) {
        return loops.get(number);
    }

    /** The process is stopped, as by SIGSTOP: nothing of it runs, and what falls due piles up. */
    public void freeze() {
        hubLoop.freeze();
        manualLoops.forEach(ManualLoop::freeze);
    }

    /** The process goes on. */
    public void thaw() {
        hubLoop.thaw();
        manualLoops.forEach(ManualLoop::thaw);
    }

    /** The process is gone, as by SIGKILL. Nobody is told. */
    public void kill() {
        hubLoop.kill();
        manualLoops.forEach(ManualLoop::kill);
    }

    /** Stops as the composition root does: sessions first. */
    public void close() {
        loops.forEach(SessionLoop::close);
        hub.close();
    }

    /** The hub. */
    public StreamHub hub() {
        return hub;
    }

    /** All sessions. */
    public SessionRegistry registry() {
        return registry;
    }

    /** The value of a counter, 0 if it does not exist. */
    public double count(String counter, String... tags) {
        return meters.find(counter).tags(tags).counters().stream()
                .mapToDouble(found -> found.count())
                .sum();
    }

    /** The value of a counter that a function feeds. */
    public double total(String counter) {
        return meters.get(counter).functionCounter().count();
    }

    /** A timer. */
    public Timer timer(String name) {
        return meters.get(name).timer();
    }

    /** A distribution. */
    public DistributionSummary summary(String name) {
        return meters.get(name).summary();
    }

    /** The value of a gauge. */
    public double gauge(String name) {
        return meters.get(name).gauge().value();
    }
}
