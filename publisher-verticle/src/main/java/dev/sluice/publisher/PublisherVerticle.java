// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher;

import dev.sluice.stream.bus.BusAddresses;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.MessageConsumer;

/**
 * Publishes for services that know the event bus only: answers at {@link BusAddresses#PUBLISH}. Wiring only; the publisher stays its
 * owner's to close.
 *
 * <p>The bus gives each message to one of the nodes that answer, in turn, so the order of messages sent without waiting for their replies
 * is kept only where one node answers.
 */
public final class PublisherVerticle extends VerticleBase {

    private final BusRequests requests;
    private MessageConsumer<Object> consumer;

    /** Publishes with {@code publisher} and counts in {@code metrics}. */
    public PublisherVerticle(EventPublisher publisher, PublisherMetrics metrics) {
        this.requests = new BusRequests(publisher, metrics);
    }

    @Override
    public Future<?> start() {
        consumer = vertx.eventBus().consumer(BusAddresses.PUBLISH, requests);
        return consumer.completion();
    }

    @Override
    public Future<?> stop() {
        return consumer.unregister();
    }
}
