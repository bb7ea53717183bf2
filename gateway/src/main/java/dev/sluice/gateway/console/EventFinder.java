// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.console;

import dev.sluice.gateway.admin.RefusedException;
import dev.sluice.gateway.hub.StreamHub;
import dev.sluice.stream.EventAttributes;
import dev.sluice.stream.Position;
import dev.sluice.stream.StreamKey;
import dev.sluice.stream.http.Problem;
import dev.sluice.stream.http.ProblemType;
import dev.sluice.stream.log.LogSlice;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.function.Function;

/**
 * Finds an event in the log, by its id or by its position. By its id: reads what its stream holds, a slice at a time and in turn with the
 * sessions that read history, and looks into each event beside the event loops. A stream that does not exist is not made. Any thread.
 */
final class EventFinder {

    /** Of one read, so that neither the shard's owner nor the node is held up. */
    static final int SLICE_EVENTS = 100;

    static final int SLICE_BYTES = 256 << 10;

    /** An id is unique within its source only; so many events of the same id are shown. */
    static final int MAX_MATCHES = 5;

    private final StreamHub hub;
    private final Function<Callable<List<Match>>, Future<List<Match>>> aside;

    /** A finder; {@code aside} does what takes a while. */
    EventFinder(StreamHub hub, Function<Callable<List<Match>>, Future<List<Match>>> aside) {
        this.hub = hub;
        this.aside = aside;
    }

    /**
     * An event that was looked for.
     *
     * @param held what the log holds of it; empty when it is older than that, and was looked for by its position
     */
    record Match(Position position, Optional<Held> held) {}

    /**
     * An event in the log.
     *
     * @param committedAt when the log accepted it, epoch milliseconds
     * @param bytes of its JSON
     */
    record Held(EventAttributes attributes, long committedAt, int bytes) {}

    /**
     * What the log holds of a stream.
     *
     * @param head where it stood when the search began
     * @param oldest the seq of the oldest event held; {@code head + 1} when none is
     * @param oldestAt when the log accepted that, epoch milliseconds; empty when none is held
     * @param matches the events that were looked for, the oldest first
     */
    record History(Position head, long oldest, OptionalLong oldestAt, List<Match> matches) {}

    /** Looks for an event; completes with empty when there is no such stream. */
    Future<Optional<History>> find(StreamKey key, String id, Optional<String> source) {
        return hub.position(key)
                .compose(position -> position.isEmpty()
                        ? Future.succeededFuture(Optional.empty())
                        : new Search(key, id, source).begin().map(Optional::of));
    }

    /**
     * Looks for the event at a position, which is known of whatever the log accepted in its present epoch, held or not; completes with empty
     * when there is no such stream.
     */
    Future<Optional<History>> find(StreamKey key, Position position) {
        return hub.position(key)
                .compose(head -> head.isEmpty()
                        ? Future.succeededFuture(Optional.empty())
                        : Future.all(hub.read(key, 1, 1, SLICE_BYTES), hub.read(key, position.seq(), 1, SLICE_BYTES))
                                .map(read -> Optional.of(at(position, read.resultAt(0), read.resultAt(1)))));
    }

    private static History at(Position position, LogSlice first, LogSlice there) {
        boolean accepted = position.epoch().equals(there.epoch()) && position.seq() <= there.head();
        boolean held = accepted && !there.events().isEmpty() && there.firstSeq() == position.seq();
        Optional<Held> event = held ? held(there.events().get(0)) : Optional.empty();
        return history(first, accepted ? List.of(new Match(position, event)) : List.of());
    }

    private static Optional<Held> held(LogSlice.StoredEvent event) {
        return EventAttributes.read(event.json()).map(named -> new Held(named, event.timestamp(), event.json().length));
    }

    private static History history(LogSlice first, List<Match> matches) {
        OptionalLong oldestAt = first.events().isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(first.events().get(0).timestamp());
        return new History(
                new Position(first.epoch(), first.head()),
                first.oldest(),
                oldestAt,
                matches.stream().limit(MAX_MATCHES).toList());
    }

    /** One after the other: each step begins when the one before is done. */
    private final class Search {
        private final StreamKey key;
        private final String id;
        private final Optional<String> source;
        private final List<Match> matches = new ArrayList<>();
        private LogSlice first;

        Search(StreamKey key, String id, Optional<String> source) {
            this.key = key;
            this.id = id;
            this.source = source;
        }

        Future<History> begin() {
            return read(1);
        }

        private Future<History> read(long fromSeq) {
            return hub.read(key, fromSeq, SLICE_EVENTS, SLICE_BYTES).compose(this::take);
        }

        private Future<History> take(LogSlice slice) {
            first = first == null ? slice : first;
            if (!slice.epoch().equals(first.epoch())) {
                return Future.failedFuture(new RefusedException(
                        Problem.of(ProblemType.UNAVAILABLE, "the stream began a new epoch meanwhile; ask again")));
            }
            return aside.apply(() -> look(slice)).compose(found -> {
                matches.addAll(found);
                boolean done =
                        matches.size() >= MAX_MATCHES || slice.events().isEmpty() || slice.lastSeq() >= first.head();
                return done ? Future.succeededFuture(history(first, matches)) : read(slice.lastSeq() + 1);
            });
        }

        private List<Match> look(LogSlice slice) {
            List<Match> found = new ArrayList<>();
            long seq = slice.firstSeq();
            for (LogSlice.StoredEvent event : slice.events()) {
                Position position = new Position(slice.epoch(), seq++);
                held(event)
                        .filter(here -> isWanted(here.attributes()))
                        .ifPresent(here -> found.add(new Match(position, Optional.of(here))));
            }
            return found;
        }

        private boolean isWanted(EventAttributes event) {
            return event.id().equals(id)
                    && source.filter(other -> !other.equals(event.source())).isEmpty();
        }
    }
}
