// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway;

import dev.sluice.gateway.canary.Canary;
import dev.sluice.gateway.canary.Canary.Neighbours;
import dev.sluice.gateway.canary.CanaryOptions;
import dev.sluice.gateway.hub.BusPushSource;
import dev.sluice.gateway.hub.HubOptions;
import dev.sluice.gateway.hub.StreamHub;
import dev.sluice.gateway.loop.VertxEventLoop;
import dev.sluice.gateway.ops.GatewayMetrics;
import dev.sluice.stream.log.StreamLog;
import dev.sluice.stream.trace.Tracing;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Clock;

/** Gives the node's one hub, and the canary that checks its registrations, an event loop of their own. */
final class HubVerticle extends VerticleBase {

    private final StreamLog log;
    private final HubOptions options;
    private final CanaryOptions canaryOptions;
    private final Neighbours neighbours;
    private final GatewayMetrics metrics;
    private final Tracing tracing;
    private StreamHub hub;
    private Canary canary;

    HubVerticle(
            StreamLog log,
            HubOptions options,
            CanaryOptions canaryOptions,
            Neighbours neighbours,
            GatewayMetrics metrics,
            Tracing tracing) {
        this.log = log;
        this.options = options;
        this.canaryOptions = canaryOptions;
        this.neighbours = neighbours;
        this.metrics = metrics;
        this.tracing = tracing;
    }

    @Override
    public Future<?> start() {
        VertxEventLoop loop = new VertxEventLoop(vertx, context, Clock.systemUTC());
        // No probe comes before the first registration, which is made on this loop after this.
        BusPushSource bus = new BusPushSource(vertx, (shard, probe) -> canary.probed(shard, probe));
        hub = new StreamHub(loop, log, bus, options, metrics, tracing);
        canary = Canary.onBus(vertx, loop, hub, neighbours, canaryOptions, metrics.registry());
        canary.start();
        return Future.succeededFuture();
    }

    /** The hub; after the deployment. */
    StreamHub hub() {
        return hub;
    }

    /** What checks that pushes reach the hub; after the deployment. */
    Canary canary() {
        return canary;
    }

    @Override
    public Future<?> stop() {
        canary.close();
        hub.close();
        return Future.succeededFuture();
    }
}
