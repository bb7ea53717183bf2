// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher.http;

import dev.sluice.stream.Event;
import dev.sluice.stream.InvalidEventException;
import dev.sluice.stream.http.Problem;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Cuts a batch into its events and checks them, a piece at a time: all at once a batch of 1 MiB holds the event loop for some 20 ms, and
 * with it the requests of every other org. Between two pieces the loop serves them. Confined to the loop of its request.
 */
final class BatchCheck {

    /** So long a piece takes; the event at which the time is over is finished, which takes up to another millisecond. */
    static final long PIECE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private static final long PAUSE_MS = 1;

    private final Vertx vertx;
    private final LongSupplier nanoTime;
    private final BatchSlicer slicer;
    private final Function<byte[], Event> check;
    private final List<Event> events = new ArrayList<>();
    private final Promise<List<Event>> checked = Promise.promise();
    private boolean cut;

    private BatchCheck(Vertx vertx, LongSupplier nanoTime, byte[] body, Function<byte[], Event> check) {
        this.vertx = vertx;
        this.nanoTime = nanoTime;
        this.slicer = new BatchSlicer(body);
        this.check = check;
    }

    /**
     * Checks a batch, beginning now.
     *
     * @param nanoTime the time that pieces are held against, in nanoseconds
     * @param check makes an event of the bytes of one, or throws what is wrong with it
     * @return the events in their order; fails with {@link RefusedException} telling which one is wrong, the first in order
     */
    static Future<List<Event>> of(Vertx vertx, LongSupplier nanoTime, byte[] body, Function<byte[], Event> check) {
        BatchCheck batch = new BatchCheck(vertx, nanoTime, body, check);
        batch.piece();
        return batch.checked.future();
    }

    private void piece() {
        long begin = nanoTime.getAsLong();
        try {
            do {
                if (!cut) {
                    cut = !slicer.next();
                } else if (events.size() < slicer.slices().size()) {
                    events.add(event(events.size()));
                } else {
                    checked.complete(events);
                    return;
                }
            } while (nanoTime.getAsLong() - begin < PIECE_NANOS);
        } catch (RuntimeException e) {
            checked.fail(e);
            return;
        }
        // By a timer: what a task hands to its own loop, Netty runs before it looks at the sockets again, for up to a
        // second.
        vertx.setTimer(PAUSE_MS, timer -> piece());
    }

    private Event event(int index) {
        try {
            return check.apply(slicer.slices().get(index));
        } catch (InvalidEventException | RefusedException e) {
            throw new RefusedException(inBatch(PublishProblems.of(e), index));
        }
    }

    private static Problem inBatch(Problem problem, int index) {
        return Problem.of(problem.type(), "event " + index + " of the batch: " + problem.detail())
                .withAttribute(problem.attribute().orElse(null))
                .with("index", index);
    }
}
