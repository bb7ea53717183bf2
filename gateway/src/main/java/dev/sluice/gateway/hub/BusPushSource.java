// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.hub;

import dev.sluice.stream.bus.BusAddresses;
import dev.sluice.stream.bus.CommittedBatch;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Pushes from the clustered event bus: one registration for each shard and node. */
public final class BusPushSource implements PushSource {

    private static final Logger LOGGER = LoggerFactory.getLogger(BusPushSource.class);

    private final Vertx vertx;

    /** A source on the bus of the given instance. */
    public BusPushSource(Vertx vertx) {
        this.vertx = vertx;
    }

    @Override
    public Future<Runnable> subscribe(int shard, Consumer<CommittedBatch> handler) {
        MessageConsumer<CommittedBatch> consumer =
                vertx.eventBus().consumer(BusAddresses.shard(shard), message -> handler.accept(message.body()));
        return consumer.completion().map(registered -> () -> unregister(shard, consumer));
    }

    private static void unregister(int shard, MessageConsumer<CommittedBatch> consumer) {
        consumer.unregister().onFailure(cause -> LOGGER.atWarn()
                .addKeyValue("shard", shard)
                .addKeyValue("cause", cause.toString())
                .log("could not give back the registration of a shard"));
    }
}
