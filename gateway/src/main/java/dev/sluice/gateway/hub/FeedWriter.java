// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.hub;

import dev.sluice.gateway.loop.EventLoop;
import dev.sluice.gateway.loop.FairTurns;
import dev.sluice.gateway.ops.HubMetrics;
import dev.sluice.gateway.replay.Batch;
import dev.sluice.gateway.replay.FrameEncoder;
import dev.sluice.gateway.replay.ReplayBuffer;
import dev.sluice.stream.StreamKey;
import dev.sluice.stream.bus.CommittedBatch.Run;
import dev.sluice.stream.log.KnownEvent;
import dev.sluice.stream.log.LogSlice;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The writing side of one feed: takes pushes in seq order only, puts aside what came too early, and asks its
 * {@link FeedRepair} for what does not come. Confined to the hub's loop.
 *
 * <p>Accepted events wait in {@code pending} until the end of the loop's turn (or the batch window), so that the pushes that came
 * together leave as one frame. They are encoded a frame at a time, in turn with the feeds of other orgs ({@link FairTurns}), for
 * deflating is the heaviest that a node does; a feed that falls behind with it goes out plain.
 */
final class FeedWriter implements FairTurns.Work {

    private static final Logger LOGGER = LoggerFactory.getLogger(FeedWriter.class);

    /** To look at a feed, whatever there is to do. */
    private static final int LOOK_COST = 1 << 10;

    /** More than this is not put aside but fetched. */
    private static final int MAX_EARLY_RUNS = 1_000;

    private final StreamFeed feed;
    private final EventLoop loop;
    private final FairTurns turns;
    private final HubOptions options;
    private final HubMetrics metrics;
    private final TracedDeliveries traced;
    private final Runnable forked;
    private final FeedRepair repair;

    private final TreeMap<Long, EarlyRun> early = new TreeMap<>();
    private final PendingEvents pending;
    private String epoch;
    private long accepted;
    /** Of the last event that was flushed, if it came through here. */
    private long fingerprint = KnownEvent.UNKNOWN;

    /** When the log accepted the last event; the end of time if it did not come through here. */
    private long acceptedAt = Long.MAX_VALUE;

    private boolean windowOpen;
    private boolean submitted;
    private boolean closed;

    private record EarlyRun(Run run, long timestamp) {
        boolean covers(Run other) {
            return run.epoch().equals(other.epoch()) && run.lastSeq() >= other.lastSeq();
        }
    }

    /**
     * A writer.
     *
     * @param forked told when the log turns out to have another history than was delivered
     */
    FeedWriter(StreamKey key, HubResources resources, Runnable forked) {
        this.feed = new StreamFeed(key);
        this.loop = resources.loop();
        this.turns = resources.turns();
        this.options = resources.options();
        this.pending = new PendingEvents(key.service(), resources.encoder(), options.maxFrameBytes());
        this.metrics = resources.metrics();
        this.traced = resources.traced();
        this.forked = forked;
        this.repair = new FeedRepair(this, resources);
    }

    /** The log has another history than was delivered; that of other streams may have changed as well. */
    void forked() {
        forked.run();
    }

    StreamFeed feed() {
        return feed;
    }

    FeedRepair repair() {
        return repair;
    }

    /** Whether something was put aside that an earlier event is missing for. */
    boolean waitsForEarlier() {
        return !early.isEmpty();
    }

    boolean isOpen() {
        return epoch != null;
    }

    boolean isClosed() {
        return closed;
    }

    String epoch() {
        return epoch;
    }

    /** The last seq taken, be it in the buffer already or pending. */
    long accepted() {
        return accepted;
    }

    /** The last event taken, as what the log may be held to; empty before the first. */
    Optional<KnownEvent> known() {
        flush();
        return accepted == 0 ? Optional.empty() : Optional.of(new KnownEvent(epoch, accepted, fingerprint));
    }

    /** Begins, or begins anew, after the given seq: what stands before it cannot be had, or is of another epoch. */
    void restart(String newEpoch, long head, long oldestInLog) {
        flush();
        if (!newEpoch.equals(epoch)) {
            early.values().removeIf(run -> !run.run().epoch().equals(newEpoch));
        }
        epoch = newEpoch;
        accepted = head;
        fingerprint = KnownEvent.UNKNOWN;
        acceptedAt = Long.MAX_VALUE;
        feed.replaceBuffer(new ReplayBuffer(newEpoch, head, limits()), oldestInLog);
        feed.advanced();
    }

    /** Takes a push. */
    void accept(Run run, long timestamp) {
        if (closed) {
            return;
        }
        if (!isOpen()) {
            putAside(run, timestamp);
        } else if (!run.epoch().equals(epoch)) {
            // Either the stream has begun anew, or this is a straggler of its old epoch: only the log can tell.
            // What was pushed stands there already.
            repair.start();
        } else if (contradictsKnown(run, timestamp)) {
            // The seq was given twice: the log fell back behind what was delivered, or this push is of no history at
            // all.
            repair.start();
        } else if (run.lastSeq() <= accepted) {
            metrics.duplicatePush();
        } else if (run.firstSeq() > accepted + 1) {
            putAside(run, timestamp);
            repair.startUnlessFilled(accepted + 1);
        } else {
            take(run, timestamp);
            takeEarly();
        }
    }

    /** Shows another event at the last seq; or was accepted after it, at a lower one. */
    private boolean contradictsKnown(Run run, long timestamp) {
        if (run.firstSeq() > accepted) {
            return false;
        }
        if (run.lastSeq() < accepted) {
            return timestamp > acceptedAt;
        }
        byte[] same = run.events().get((int) (accepted - run.firstSeq()));
        return known().orElseThrow().contradicts(new LogSlice.StoredEvent(timestamp, same));
    }

    private void take(Run run, long timestamp) {
        int known = (int) Math.max(0, accepted + 1 - run.firstSeq());
        if (!run.traces().isEmpty()) {
            traced.accepted(feed, run, known);
        }
        for (int i = known; i < run.events().size(); i++) {
            append(run.events().get(i), timestamp, false);
        }
    }

    /** Takes what the log answered, from the seq after {@link #accepted()} on. */
    void accept(LogSlice slice) {
        long seq = slice.firstSeq();
        for (LogSlice.StoredEvent event : slice.events()) {
            if (seq == accepted + 1) {
                append(event.json(), event.timestamp(), true);
            }
            seq++;
        }
        takeEarly();
    }

    /** Puts older events before those in the buffer, as far as its bounds allow. */
    void prepend(long firstSeq, List<LogSlice.StoredEvent> older, long oldestInLog) {
        ReplayBuffer buffer = feed.buffer();
        long reach = Math.min(older.size(), buffer.oldest() - firstSeq);
        if (reach <= 0 || firstSeq + reach != buffer.oldest()) {
            feed.replaceBuffer(buffer, oldestInLog);
            return;
        }
        List<byte[]> events = new ArrayList<>();
        List<Long> timestamps = new ArrayList<>();
        older.subList(0, (int) reach).forEach(event -> {
            events.add(event.json());
            timestamps.add(event.timestamp());
        });
        feed.replaceBuffer(buffer.withOlder(pending.encode(epoch, firstSeq, events, timestamps)), oldestInLog);
        feed.advanced();
    }

    /** Lets go of what is too old. */
    void expire(long now) {
        if (isOpen()) {
            feed.buffer().expire(now);
            feed.replayFrames().clear();
        }
    }

    /** Halves what the buffer holds. */
    void shrink() {
        feed.buffer().trim(feed.buffer().bytes() / 2);
        feed.replayFrames().clear();
    }

    long bytes() {
        return isOpen() ? feed.buffer().bytes() : 0;
    }

    void close() {
        closed = true;
        repair.close();
    }

    private void putAside(Run run, long timestamp) {
        EarlyRun there = early.get(run.firstSeq());
        if (there == null && early.size() < MAX_EARLY_RUNS) {
            early.put(run.firstSeq(), new EarlyRun(run, timestamp));
        } else if (there == null || !there.covers(run)) {
            // Forgotten here, it would be missing until a later event shows the hole: its version counts as seen.
            repair.start();
        }
    }

    private void takeEarly() {
        while (!early.isEmpty() && early.firstKey() <= accepted + 1) {
            EarlyRun next = early.pollFirstEntry().getValue();
            take(next.run(), next.timestamp());
        }
    }

    private void append(byte[] event, long timestamp, boolean fetched) {
        accepted++;
        acceptedAt = timestamp;
        pending.add(event, timestamp, fetched);
        if (options.batchWindow().isZero() || pending.size() >= FrameEncoder.MAX_EVENTS) {
            submit();
        } else if (!windowOpen) {
            windowOpen = true;
            loop.schedule(options.batchWindow().toMillis(), () -> {
                windowOpen = false;
                submit();
            });
        }
    }

    private void submit() {
        if (!submitted) {
            submitted = true;
            turns.submit(this);
        }
    }

    @Override
    public String org() {
        return feed.key().org();
    }

    /** Encodes a frame of what is pending. */
    @Override
    public int step() {
        int cost = LOOK_COST;
        if (!pending.isEmpty() && !closed) {
            try {
                cost = encodeFrame();
                feed.advanced();
            } catch (RuntimeException e) {
                skipPending(e);
            }
        }
        submitted = hasMore();
        return cost;
    }

    @Override
    public boolean hasMore() {
        return !pending.isEmpty() && !closed;
    }

    /** Makes frames of all that was accepted, now, and tells the sessions. */
    void flush() {
        if (pending.isEmpty() || closed) {
            return;
        }
        try {
            while (!pending.isEmpty()) {
                encodeFrame();
            }
        } catch (RuntimeException e) {
            skipPending(e);
            return;
        }
        feed.advanced();
    }

    /** Makes one frame of what is pending; returns what it cost. */
    private int encodeFrame() {
        Batch batch = pending.encodeFrame(epoch, feed.buffer().head() + 1, feed.wantsDeflated(), loop.now());
        feed.buffer().append(batch);
        fingerprint = pending.fingerprint();
        metrics.batchEncoded(batch);
        return pending.cost();
    }

    /** Nobody knows an event that does this. If there is one, it costs the sessions of its own stream a look into the log. */
    private void skipPending(RuntimeException cause) {
        LOGGER.atError()
                .setCause(cause)
                .addKeyValue("service", feed.key().service())
                .addKeyValue("events", pending.size())
                .log("events could not be made into a frame");
        pending.clear();
        restart(epoch, accepted, feed.oldest());
    }

    private ReplayBuffer.Limits limits() {
        return new ReplayBuffer.Limits(
                options.bufferEvents(),
                options.bufferBytes(),
                options.bufferAge().toMillis());
    }
}
