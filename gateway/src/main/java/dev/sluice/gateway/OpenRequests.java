// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway;

import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/** Counts the HTTP requests under way, so that a node that stops can finish them; WebSockets are no such. Thread-safe. */
final class OpenRequests {

    private final AtomicInteger open = new AtomicInteger();
    private final BooleanSupplier draining;

    /** A count; while draining, clients are told not to send another request on the same connection. */
    OpenRequests(BooleanSupplier draining) {
        this.draining = draining;
    }

    /** To be the first route. */
    void mount(Router router) {
        router.route().handler(this::count);
    }

    private void count(RoutingContext routing) {
        open.incrementAndGet();
        routing.addEndHandler(ended -> open.decrementAndGet());
        routing.addHeadersEndHandler(nothing -> {
            if (draining.getAsBoolean()) {
                routing.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
            }
        });
        routing.next();
    }

    /** How many there are. */
    int count() {
        return open.get();
    }

    /** Whether there is none. */
    boolean isEmpty() {
        return open.get() == 0;
    }
}
