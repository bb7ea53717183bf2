// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.hub;

import dev.sluice.stream.Position;
import dev.sluice.stream.StreamKey;
import dev.sluice.stream.log.KnownEvent;
import dev.sluice.stream.log.LogSlice;
import dev.sluice.stream.log.StreamLimitException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches from the log what did not come as a push: the position to begin with, the events of a hole, and older events
 * for a session that was away. One read of each kind is under way at a time, and a repair that failed is made again
 * until it succeeds or the feed is closed: once begun, it is never forgotten. Confined to the hub's loop.
 */
final class FeedRepair {

    private static final Logger LOGGER = LoggerFactory.getLogger(FeedRepair.class);

    private static final int READ_EVENTS = 1_000;
    private static final int READ_BYTES = 1 << 20;
    private static final long RETRY_MS = 500;
    private static final int OPEN_ATTEMPTS = 10;
    private static final String LET_GO = "the stream was let go";

    private final FeedWriter writer;
    private final HubResources hub;
    private final Promise<StreamFeed> opened = Promise.promise();
    private final OneAtATime repairs = new OneAtATime(this::repair);
    private final OneAtATime reconciliations = new OneAtATime(this::loadOlder);
    private boolean holeTimer;

    FeedRepair(FeedWriter writer, HubResources hub) {
        this.writer = writer;
        this.hub = hub;
    }

    /** Completes with the feed once its position is known. */
    Future<StreamFeed> opened() {
        return opened.future();
    }

    /** Asks the log where the stream stands. Failed attempts are repeated, but not forever: somebody waits. */
    void open(int attempt) {
        hub.log().read(writer.feed().key(), Position.MAX_SEQ, 0, 0).onComplete((slice, failure) -> hub.loop()
                .execute(() -> {
                    if (failure == null) {
                        writer.restart(slice.epoch(), slice.head(), slice.oldest());
                        writer.accept(slice);
                        opened.tryComplete(writer.feed());
                    } else if (failure instanceof StreamLimitException
                            || attempt >= OPEN_ATTEMPTS
                            || writer.isClosed()) {
                        opened.tryFail(failure);
                    } else {
                        hub.loop().schedule(RETRY_MS, () -> open(attempt + 1));
                    }
                }));
    }

    /** Fetches what comes after the last accepted event, unless the event at {@code seq} arrives by itself soon. */
    void startUnlessFilled(long seq) {
        if (holeTimer) {
            return;
        }
        holeTimer = true;
        hub.loop().schedule(hub.options().holeGrace().toMillis(), () -> {
            holeTimer = false;
            if (writer.accepted() < seq) {
                start();
            } else if (writer.waitsForEarlier()) {
                startUnlessFilled(writer.accepted() + 1);
            }
        });
    }

    /**
     * Fetches what comes after the last accepted event; if the position is not known yet, as soon as it is.
     *
     * @return completes once all is accepted that the log held when this was called; fails only when the feed is closed
     */
    Future<Void> start() {
        return repairs.run();
    }

    private Future<Void> repair() {
        return opened().compose(feed -> {
            Promise<Void> promise = Promise.promise();
            read(promise);
            return promise.future();
        });
    }

    private void read(Promise<Void> promise) {
        if (writer.isClosed()) {
            promise.fail(LET_GO);
            return;
        }
        // From the last known event on, to see that it is still the same one.
        read(promise, Math.max(1, writer.accepted()));
    }

    private void read(Promise<Void> promise, long from) {
        Optional<KnownEvent> known = writer.known();
        hub.log().read(writer.feed().key(), from, READ_EVENTS, READ_BYTES).onComplete((slice, failure) -> hub.loop()
                .execute(() -> {
                    if (failure != null) {
                        readLater(failure, promise);
                    } else if (known.isPresent() && known.get().contradicts(slice)) {
                        renew(known.get(), slice, promise);
                    } else {
                        take(slice, promise);
                    }
                }));
    }

    private void readLater(Throwable failure, Promise<Void> promise) {
        hub.metrics().repairFailed();
        LOGGER.atDebug()
                .addKeyValue("service", writer.feed().key().service())
                .addKeyValue("cause", failure.toString())
                .log("repair will be tried again");
        hub.loop().schedule(RETRY_MS, () -> read(promise));
    }

    /** What was delivered is not what the log has now: it must not go on in the same epoch, for seqs would be given twice. */
    private void renew(KnownEvent known, LogSlice slice, Promise<Void> promise) {
        StreamKey key = writer.feed().key();
        LOGGER.atError()
                .addKeyValue("org", key.org())
                .addKeyValue("service", key.service())
                .addKeyValue("epoch", known.epoch())
                .addKeyValue("head", slice.head())
                .addKeyValue("delivered", known.seq())
                .log(
                        "the log is behind what was delivered: more nodes were lost at once than there are backups; the stream begins"
                                + " a new epoch, and clients are told");
        hub.metrics().epochRenewed();
        writer.forked();
        hub.log().renew(key, known).onComplete((renewed, failure) -> hub.loop().execute(() -> {
            if (failure == null && !renewed.epoch().equals(known.epoch())) {
                read(promise);
            } else {
                hub.loop().schedule(RETRY_MS, () -> read(promise));
            }
        }));
    }

    private void take(LogSlice slice, Promise<Void> promise) {
        if (writer.isClosed()) {
            promise.fail(LET_GO);
            return;
        }
        long before = writer.accepted();
        if (!slice.epoch().equals(writer.epoch())) {
            hub.metrics().epochChanged();
            writer.restart(slice.epoch(), slice.oldest() - 1, slice.oldest());
        } else if (slice.firstSeq() > writer.accepted() + 1) {
            // The log itself let go of them, or never had them: sessions will be told by a gap.
            writer.restart(slice.epoch(), slice.firstSeq() - 1, slice.oldest());
        }
        writer.accept(slice);
        if (writer.accepted() > before) {
            hub.metrics().repaired(writer.accepted() - before);
        }
        if (writer.accepted() < slice.head()) {
            // Nothing but the known event means that those after it are missing.
            read(promise, slice.lastSeq() == before ? before + 1 : Math.max(1, writer.accepted()));
        } else {
            writer.flush();
            promise.complete();
        }
    }

    /**
     * Brings the buffer as near to the log as its bounds allow: newer events behind, older ones before.
     *
     * @return completes when the buffer holds what the log held when this was called; a log that does not answer fails it
     */
    Future<Void> reconcile() {
        return reconciliations.run();
    }

    private Future<Void> loadOlder() {
        Promise<Void> promise = Promise.promise();
        long from = Math.max(1, writer.accepted() + 1 - hub.options().bufferEvents());
        readOlder(from, new Older(writer.accepted()), promise);
        return promise.future();
    }

    private void readOlder(long from, Older older, Promise<Void> promise) {
        hub.reads().read(writer.feed().key(), from, READ_EVENTS, READ_BYTES).onComplete((slice, failure) -> {
            if (failure != null) {
                promise.fail(failure);
            } else if (writer.isClosed()) {
                promise.fail(LET_GO);
            } else {
                takeOlder(slice, older, promise);
            }
        });
    }

    private void takeOlder(LogSlice slice, Older older, Promise<Void> promise) {
        // A log that is behind has another history, of which nothing must come into this buffer.
        boolean sameHistory = slice.epoch().equals(writer.epoch()) && slice.head() >= older.accepted;
        if (sameHistory) {
            older.add(slice);
            boolean complete = slice.events().isEmpty()
                    || slice.lastSeq() >= writer.feed().buffer().oldest() - 1;
            if (!complete && older.bytes <= hub.options().bufferBytes()) {
                readOlder(slice.lastSeq() + 1, older, promise);
                return;
            }
            writer.prepend(older.firstSeq, complete ? older.events : List.of(), slice.oldest());
        }
        if (sameHistory && slice.head() <= writer.accepted()) {
            writer.flush();
            promise.complete();
        } else {
            start().onComplete(promise);
        }
    }

    void close() {
        opened.tryFail(LET_GO);
    }

    /** Events on their way to the front of the buffer. */
    private static final class Older {
        /** The last accepted seq when it was asked for. */
        private final long accepted;

        private long firstSeq;
        private long bytes;
        private final List<LogSlice.StoredEvent> events = new ArrayList<>();

        Older(long accepted) {
            this.accepted = accepted;
        }

        void add(LogSlice slice) {
            if (slice.firstSeq() != firstSeq + events.size()) {
                // The first slice; or the log has let go of what it said to hold, and these do not join on.
                events.clear();
                firstSeq = slice.firstSeq();
            }
            for (LogSlice.StoredEvent event : slice.events()) {
                events.add(event);
                bytes += event.json().length;
            }
        }
    }
}
