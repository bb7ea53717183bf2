// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.hub;

import dev.sluice.stream.bus.BusAddresses;
import dev.sluice.stream.bus.CommittedBatch;
import dev.sluice.stream.bus.ShardProbe;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Pushes from the clustered event bus: one registration for each shard and node. */
public final class BusPushSource implements PushSource {

    private static final Logger LOGGER = LoggerFactory.getLogger(BusPushSource.class);

    private final Vertx vertx;
    private final BiConsumer<Integer, ShardProbe> probes;

    /** A source on the bus of the given instance. */
    public BusPushSource(Vertx vertx) {
        this(vertx, (shard, probe) -> {});
    }

    /**
     * The same, with somebody who listens to what asks whether pushes arrive.
     *
     * @param probes gets each probe and its shard; any thread
     */
    public BusPushSource(Vertx vertx, BiConsumer<Integer, ShardProbe> probes) {
        this.vertx = vertx;
        this.probes = probes;
    }

    @Override
    public Future<Runnable> subscribe(int shard, Consumer<CommittedBatch> handler) {
        MessageConsumer<CommittedBatch> consumer =
                vertx.eventBus().consumer(BusAddresses.shard(shard), message -> receive(shard, message, handler));
        return consumer.completion().map(registered -> () -> unregister(shard, consumer));
    }

    private void receive(int shard, Message<CommittedBatch> message, Consumer<CommittedBatch> handler) {
        Optional<ShardProbe> probe = ShardProbe.of(message.headers());
        if (probe.isPresent()) {
            probes.accept(shard, probe.get());
        } else {
            handler.accept(message.body());
        }
    }

    private static void unregister(int shard, MessageConsumer<CommittedBatch> consumer) {
        consumer.unregister().onFailure(cause -> LOGGER.atWarn()
                .addKeyValue("shard", shard)
                .addKeyValue("cause", cause.toString())
                .log("could not give back the registration of a shard"));
    }
}
