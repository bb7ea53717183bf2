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
 * Finds an event in the log by its id: reads what its stream holds, a slice at a time and in turn with the sessions that read history, and
 * looks into each event beside the event loops. A stream that does not exist is not made. Any thread.
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
     * An event of that id.
     *
     * @param committedAt when the log accepted it, epoch milliseconds
     * @param bytes of its JSON
     */
    record Match(EventAttributes attributes, Position position, long committedAt, int bytes) {}

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
                return done ? Future.succeededFuture(history()) : read(slice.lastSeq() + 1);
            });
        }

        private List<Match> look(LogSlice slice) {
            List<Match> found = new ArrayList<>();
            long seq = slice.firstSeq();
            for (LogSlice.StoredEvent event : slice.events()) {
                Position position = new Position(slice.epoch(), seq++);
                EventAttributes.read(event.json())
                        .filter(this::isWanted)
                        .map(named -> new Match(named, position, event.timestamp(), event.json().length))
                        .ifPresent(found::add);
            }
            return found;
        }

        private boolean isWanted(EventAttributes event) {
            return event.id().equals(id)
                    && source.filter(other -> !other.equals(event.source())).isEmpty();
        }

        private History history() {
            OptionalLong oldestAt = first.events().isEmpty()
                    ? OptionalLong.empty()
                    : OptionalLong.of(first.events().get(0).timestamp());
            return new History(
                    new Position(first.epoch(), first.head()),
                    first.oldest(),
                    oldestAt,
                    matches.stream().limit(MAX_MATCHES).toList());
        }
    }
}
