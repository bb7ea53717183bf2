// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher;

import dev.sluice.stream.Event;
import dev.sluice.stream.InvalidEventException;
import dev.sluice.stream.InvalidEventException.Kind;
import dev.sluice.stream.Receipt;
import dev.sluice.stream.StreamKey;
import dev.sluice.stream.log.Commit;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;

/**
 * Events of one stream that are published together or not at all, and who waits for them. Made on the caller's thread; from then on the
 * loop's. Ends once, and gives its room in the queue back just before it tells.
 */
final class Group {

    private final List<Event> events;
    private final int bytes;
    private final long submittedAt;
    private final QueueBound bound;
    private final Promise<List<Receipt>> promise = CallerContext.promise();

    /**
     * A group whose room has not been reserved yet.
     *
     * @param events of one stream; not empty
     * @param submittedAt by the loop's clock, nanoseconds
     * @throws InvalidEventException if they do not fit in one commit
     */
    Group(List<Event> events, long submittedAt, QueueBound bound) {
        this.events = List.copyOf(events);
        this.bytes = checkedBytes(this.events);
        this.submittedAt = submittedAt;
        this.bound = bound;
    }

    private static int checkedBytes(List<Event> events) {
        long sum = events.stream().mapToLong(event -> event.json().length).sum();
        if (events.size() > Commit.MAX_EVENTS || sum > Commit.MAX_BYTES) {
            throw new InvalidEventException(
                    Kind.TOO_LARGE,
                    null,
                    "events of one stream that are published together have at most " + Commit.MAX_EVENTS
                            + " events and " + Commit.MAX_BYTES + " bytes; these have " + events.size() + " and "
                            + sum);
        }
        return (int) sum;
    }

    StreamKey key() {
        return events.get(0).key();
    }

    List<Event> events() {
        return events;
    }

    int size() {
        return events.size();
    }

    int bytes() {
        return bytes;
    }

    long submittedAt() {
        return submittedAt;
    }

    /** One receipt for each event. */
    Future<List<Receipt>> future() {
        return promise.future();
    }

    void succeed(List<Receipt> receipts) {
        bound.release(key().org(), size(), bytes);
        promise.complete(receipts);
    }

    void fail(Throwable reason) {
        bound.release(key().org(), size(), bytes);
        promise.fail(reason);
    }
}
