// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.loop;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;

/** Looks at each of many things on a loop, some a turn: sockets and timers have their turns in between. Confined to the loop. */
public final class Walk<T> {

    /** So many are looked at in a turn; with a microsecond for each nobody waits for it. */
    public static final int A_TURN = 256;

    private final EventLoop loop;
    private final Iterator<T> rest;
    private final Consumer<T> visitor;
    private final Promise<Void> done = Promise.promise();

    private Walk(EventLoop loop, Iterator<T> rest, Consumer<T> visitor) {
        this.loop = loop;
        this.rest = rest;
        this.visitor = visitor;
    }

    /**
     * Begins in this turn. On the loop.
     *
     * @param things those of now; what comes later is not looked at, what goes meanwhile is
     * @return completes on the loop when all were looked at; fails with what the visitor throws
     */
    public static <T> Future<Void> over(Collection<T> things, EventLoop loop, Consumer<T> visitor) {
        Walk<T> walk = new Walk<>(loop, List.copyOf(things).iterator(), visitor);
        walk.step();
        return walk.done.future();
    }

    private void step() {
        try {
            for (int i = 0; i < A_TURN && rest.hasNext(); i++) {
                visitor.accept(rest.next());
            }
        } catch (RuntimeException e) {
            done.fail(e);
            return;
        }
        if (rest.hasNext()) {
            loop.executeInNextTurn(this::step);
        } else {
            done.complete();
        }
    }
}
