// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher;

import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;

/**
 * An event loop of Vert.x. The context is its own, not that of the verticle that happens to create the publisher: that one's end must
 * not take the publisher's timers along.
 */
final class VertxLoop implements Loop {

    private final ContextInternal context;

    VertxLoop(Vertx vertx) {
        this.context = ((VertxInternal) vertx).createEventLoopContext();
    }

    @Override
    public void execute(Runnable task) {
        context.runOnContext(nothing -> task.run());
    }

    @Override
    public void dispatch(Runnable task) {
        if (Vertx.currentContext() == context) {
            task.run();
        } else {
            execute(task);
        }
    }

    @Override
    public Runnable schedule(Duration delay, Runnable task) {
        Vertx vertx = context.owner();
        long timer = vertx.setTimer(Math.max(1, delay.toMillis()), id -> dispatch(task));
        return () -> vertx.cancelTimer(timer);
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }
}
