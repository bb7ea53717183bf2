// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway;

import dev.sluice.gateway.hub.BusPushSource;
import dev.sluice.gateway.hub.HubOptions;
import dev.sluice.gateway.hub.StreamHub;
import dev.sluice.gateway.loop.VertxEventLoop;
import dev.sluice.gateway.ops.GatewayMetrics;
import dev.sluice.stream.log.StreamLog;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Clock;

/** Gives the node's one hub an event loop of its own. */
final class HubVerticle extends VerticleBase {

    private final StreamLog log;
    private final HubOptions options;
    private final GatewayMetrics metrics;
    private StreamHub hub;

    HubVerticle(StreamLog log, HubOptions options, GatewayMetrics metrics) {
        this.log = log;
        this.options = options;
        this.metrics = metrics;
    }

    @Override
    public Future<?> start() {
        VertxEventLoop loop = new VertxEventLoop(vertx, context, Clock.systemUTC());
        hub = new StreamHub(loop, log, new BusPushSource(vertx), options, metrics);
        return Future.succeededFuture();
    }

    /** The hub; after the deployment. */
    StreamHub hub() {
        return hub;
    }

    @Override
    public Future<?> stop() {
        hub.close();
        return Future.succeededFuture();
    }
}
