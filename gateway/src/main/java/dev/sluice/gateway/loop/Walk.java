// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.loop;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;

/** Looks at each of many things on a loop, some a turn: sockets and timers have their turns in between. Confined to the loop. */
public final class Walk<T> {

    /** So many are looked at in a turn; with a microsecond for each nobody waits for it. */
    public static final int A_TURN = 256;

    private final EventLoop loop;
    private final Iterator<T> rest;
    private final ToIntFunction<T> visitor;
    private final Promise<Void> done = Promise.promise();

    private Walk(EventLoop loop, Iterator<T> rest, ToIntFunction<T> visitor) {
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
        return weighed(things, loop, thing -> {
            visitor.accept(thing);
            return 1;
        });
    }

    /**
     * The same, where to look at some takes longer than at others.
     *
     * @param visitor tells how many others it was worth, at least 1; a turn ends with {@link #A_TURN} of that
     */
    public static <T> Future<Void> weighed(Collection<T> things, EventLoop loop, ToIntFunction<T> visitor) {
        Walk<T> walk = new Walk<>(loop, List.copyOf(things).iterator(), visitor);
        walk.step();
        return walk.done.future();
    }

    private void step() {
        try {
            for (int spent = 0; spent < A_TURN && rest.hasNext(); ) {
                spent += visitor.applyAsInt(rest.next());
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
