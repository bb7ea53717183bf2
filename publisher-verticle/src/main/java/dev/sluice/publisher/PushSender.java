// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher;

import dev.sluice.stream.bus.BusAddresses;
import dev.sluice.stream.bus.CommittedBatch;
import dev.sluice.stream.bus.CommittedBatchCodec;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;

/**
 * Hands a committed batch to the gateways: the fast path, which may lose. What it loses, doubles, delays or throws costs time, never
 * an event, for gateways repair from the log; so tests put something unreliable in its place.
 */
@FunctionalInterface
public interface PushSender {

    /** Sends without waiting. Called on the publisher's event loop, in the order of the commits of a shard. */
    void send(CommittedBatch batch);

    /** Over the event bus, to the shard's address; needs {@link BusAddresses#registerCodecs}. */
    static PushSender bus(Vertx vertx) {
        DeliveryOptions options = new DeliveryOptions().setCodecName(CommittedBatchCodec.NAME);
        return batch -> vertx.eventBus().publish(BusAddresses.shard(batch.shard()), batch, options);
    }
}
