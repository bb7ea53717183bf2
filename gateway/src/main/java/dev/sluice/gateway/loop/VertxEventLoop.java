// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.loop;

import io.netty.channel.SingleThreadEventLoop;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.time.Clock;

/** The event loop of a Vert.x context. The only one outside the transports that knows Netty, whose loop it is. */
public final class VertxEventLoop implements EventLoop {

    private final Vertx vertx;
    private final Context context;
    private final Clock clock;

    /** The loop of the given event-loop context. */
    public VertxEventLoop(Vertx vertx, Context context, Clock clock) {
        this.vertx = vertx;
        this.context = context;
        this.clock = clock;
    }

    @Override
    public void execute(Runnable task) {
        context.runOnContext(nothing -> task.run());
    }

    @Override
    public void executeInNextTurn(Runnable task) {
        // Netty runs tasks until there are none or a second has passed (io.netty.eventLoop.maxTaskProcessingQuantumMs),
        // and only
        // then looks at its sockets. After that round, and not before, the task is handed over.
        ((SingleThreadEventLoop) ((ContextInternal) context).nettyEventLoop())
                .executeAfterEventLoopIteration(() -> execute(task));
    }

    @Override
    public Runnable schedule(long delayMs, Runnable task) {
        // A timer fires on the context that sets it, which need not be this one.
        long timer = vertx.setTimer(delayMs, id -> execute(task));
        return () -> vertx.cancelTimer(timer);
    }

    @Override
    public long now() {
        return clock.millis();
    }
}
