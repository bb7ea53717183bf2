// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a process has started, to be closed the latest first. Any thread, for stop may come from a shutdown hook. */
final class Closers {

    private static final Logger LOGGER = LoggerFactory.getLogger(Closers.class);

    private final Promise<Void> closed = Promise.promise();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final Deque<Supplier<Future<Void>>> closers = new ArrayDeque<>(); // guarded by itself

    void add(Supplier<Future<Void>> closer) {
        synchronized (closers) {
            closers.push(closer);
        }
    }

    /** Once, after the start has ended one way or the other; a second call gets the same future. Never fails. */
    Future<Void> closeAll() {
        if (closing.compareAndSet(false, true)) {
            closeNext();
        }
        return closed.future();
    }

    /** Completes when all is closed. */
    Future<Void> closed() {
        return closed.future();
    }

    /**
     * Not composed of futures, but by hand: a composed one completes on the context of the first, and the last thing that is
     * closed is the Vert.x that the context belongs to.
     */
    private void closeNext() {
        Supplier<Future<Void>> closer;
        synchronized (closers) {
            closer = closers.poll();
        }
        if (closer == null) {
            closed.complete();
            return;
        }
        closer.get()
                .onFailure(failure -> LOGGER.atWarn().setCause(failure).log("something did not stop cleanly"))
                .onComplete(result -> closeNext());
    }
}
