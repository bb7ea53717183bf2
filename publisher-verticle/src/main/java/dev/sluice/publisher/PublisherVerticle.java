// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher;

import dev.sluice.stream.bus.BusAddresses;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.MessageConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes for services that know the event bus only: answers at {@link BusAddresses#PUBLISH}. Wiring only; the publisher stays its
 * owner's to close.
 *
 * <p>The bus gives each message to one of the nodes that answer, in turn, so the order of messages sent without waiting for their replies
 * is kept only where one node answers.
 */
public final class PublisherVerticle extends VerticleBase {

    private static final Logger LOGGER = LoggerFactory.getLogger(PublisherVerticle.class);

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

    /**
     * Registers once more and takes the old registration away then: the cluster may have lost it, after a partition for instance, and tells
     * nobody. Any thread, once it is deployed.
     */
    public void registerAgain() {
        context.runOnContext(nothing -> {
            MessageConsumer<Object> next = vertx.eventBus().consumer(BusAddresses.PUBLISH, requests);
            MessageConsumer<Object> old = consumer;
            consumer = next;
            next.completion().compose(registered -> old.unregister()).onFailure(failure -> LOGGER.atWarn()
                    .addKeyValue("address", BusAddresses.PUBLISH)
                    .addKeyValue("cause", failure.toString())
                    .log("the registration could not be made again"));
        });
    }

    @Override
    public Future<?> stop() {
        return consumer.unregister();
    }
}
