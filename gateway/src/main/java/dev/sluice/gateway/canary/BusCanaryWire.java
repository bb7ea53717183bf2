// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.canary;

import dev.sluice.stream.bus.BusAddresses;
import dev.sluice.stream.bus.ShardProbe;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonObject;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Canaries on the clustered event bus, by the same calls as pushes. */
final class BusCanaryWire implements CanaryWire {

    private static final Logger LOGGER = LoggerFactory.getLogger(BusCanaryWire.class);

    private final Vertx vertx;

    BusCanaryWire(Vertx vertx) {
        this.vertx = vertx;
    }

    @Override
    public Future<Runnable> listen(Consumer<CanaryCall> handler) {
        MessageConsumer<JsonObject> consumer =
                vertx.eventBus().consumer(BusAddresses.CANARY, message -> read(message.body(), handler));
        return consumer.completion()
                .map(registered -> () -> consumer.unregister().onFailure(cause -> LOGGER.atWarn()
                        .addKeyValue("cause", cause.toString())
                        .log("could not give back the registration of the canary")));
    }

    private static void read(JsonObject json, Consumer<CanaryCall> handler) {
        CanaryCall call;
        try {
            call = CanaryCall.fromJson(json);
        } catch (RuntimeException e) { // of a release that speaks otherwise
            LOGGER.atDebug().setCause(e).log("a canary's call could not be read");
            return;
        }
        handler.accept(call);
    }

    @Override
    public void call(CanaryCall call) {
        vertx.eventBus().publish(BusAddresses.CANARY, call.toJson());
    }

    @Override
    public void probe(int shard, ShardProbe probe) {
        vertx.eventBus().publish(BusAddresses.shard(shard), ShardProbe.batch(shard), probe.options());
    }
}
