// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.hub;

import dev.sluice.stream.Position;
import dev.sluice.stream.log.LogSlice;
import dev.sluice.stream.log.StreamLimitException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
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
        long accepted = writer.accepted();
        hub.log()
                .read(writer.feed().key(), accepted + 1, READ_EVENTS, READ_BYTES)
                .onComplete((slice, failure) -> hub.loop().execute(() -> {
                    if (failure == null) {
                        take(slice, accepted, promise);
                    } else {
                        LOGGER.atDebug()
                                .addKeyValue("service", writer.feed().key().service())
                                .addKeyValue("cause", failure.toString())
                                .log("repair will be tried again");
                        hub.loop().schedule(RETRY_MS, () -> read(promise));
                    }
                }));
    }

    /** Takes the answer to a question that was asked when {@code asked} was the last accepted seq. */
    private void take(LogSlice slice, long asked, Promise<Void> promise) {
        if (writer.isClosed()) {
            promise.fail(LET_GO);
            return;
        }
        long before = writer.accepted();
        if (!slice.epoch().equals(writer.epoch())) {
            hub.metrics().epochChanged();
            writer.restart(slice.epoch(), slice.oldest() - 1, slice.oldest());
        } else if (slice.oldest() > writer.accepted() + 1) {
            // The log itself let go of them: sessions will be told by a gap.
            writer.restart(slice.epoch(), slice.oldest() - 1, slice.oldest());
        } else if (slice.head() < asked) {
            LOGGER.atError()
                    .addKeyValue("service", writer.feed().key().service())
                    .addKeyValue("head", slice.head())
                    .addKeyValue("accepted", asked)
                    .log("the log is behind what was delivered: more nodes were lost at once than there are backups");
        }
        writer.accept(slice);
        if (writer.accepted() > before) {
            hub.metrics().repaired(writer.accepted() - before);
        }
        if (writer.accepted() < slice.head()) {
            read(promise);
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
        readOlder(Math.max(1, writer.accepted() + 1 - hub.options().bufferEvents()), new Older(), promise);
        return promise.future();
    }

    private void readOlder(long from, Older older, Promise<Void> promise) {
        hub.log().read(writer.feed().key(), from, READ_EVENTS, READ_BYTES).onComplete((slice, failure) -> hub.loop()
                .execute(() -> {
                    if (failure != null) {
                        promise.fail(failure);
                    } else if (writer.isClosed()) {
                        promise.fail(LET_GO);
                    } else {
                        takeOlder(slice, older, promise);
                    }
                }));
    }

    private void takeOlder(LogSlice slice, Older older, Promise<Void> promise) {
        boolean sameEpoch = slice.epoch().equals(writer.epoch());
        if (sameEpoch) {
            older.add(slice);
            boolean complete = slice.events().isEmpty()
                    || slice.lastSeq() >= writer.feed().buffer().oldest() - 1;
            if (!complete && older.bytes <= hub.options().bufferBytes()) {
                readOlder(slice.lastSeq() + 1, older, promise);
                return;
            }
            writer.prepend(older.firstSeq, complete ? older.events : List.of(), slice.oldest());
        }
        if (sameEpoch && slice.head() <= writer.accepted()) {
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
        private long firstSeq;
        private long bytes;
        private final List<LogSlice.StoredEvent> events = new ArrayList<>();

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
