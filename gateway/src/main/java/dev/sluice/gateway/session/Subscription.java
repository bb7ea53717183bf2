// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import dev.sluice.gateway.hub.StreamFeed;
import dev.sluice.gateway.loop.FairTurns;
import dev.sluice.gateway.replay.EventFrame;
import dev.sluice.gateway.replay.ReplayBuffer;
import dev.sluice.gateway.replay.Resume;
import dev.sluice.stream.Cursor;
import dev.sluice.stream.Position;
import dev.sluice.stream.log.LogSlice;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One session's place in one stream: a cursor into the node's shared buffer, and nothing else. Replay, live delivery and catching up are
 * the same walk from the cursor to the head, as fast as the socket takes it. Confined to the session's loop.
 *
 * <p>What the buffer no longer holds is read from the log, a frame at a time; what the log no longer holds is announced as a
 * {@code gap}. So the client gets seq n + 1 after n, or is told (P3).
 */
final class Subscription implements FairTurns.Work {

    private static final Logger LOGGER = LoggerFactory.getLogger(Subscription.class);

    private static final long RETRY_MS = 500;

    /** What it costs to write a frame, besides its bytes. */
    private static final int FRAME_COST = 4 << 10;

    static final String EXPIRED = "expired";
    static final String EPOCH_CHANGED = "epoch_changed";

    private final Session session;
    private final SessionLoop loop;
    private final StreamFeed feed;
    private final Passage passage;
    /** Of the cursor. No buffer is kept hold of: a session that is stuck would keep what all others have left behind. */
    private String epoch;

    private long cursor;
    private long fence;
    private boolean waitsForLog;
    private boolean ended;
    private boolean waitsForTurn;
    /** On the frames of this walk, as {@link FairTurns} counts. */
    private int spent;

    /** Begins where the client's cursor was resumed; {@code asked} says what it was. */
    Subscription(Session session, SessionLoop loop, StreamFeed feed, String epoch, Resume resume, Cursor asked) {
        this.session = session;
        this.loop = loop;
        this.feed = feed;
        this.epoch = epoch;
        this.cursor = resume.from();
        this.fence = resume.fence();
        this.passage = new Passage(loop.now(), asked, epoch, resume);
    }

    StreamFeed feed() {
        return feed;
    }

    String service() {
        return feed.key().service();
    }

    boolean isEnded() {
        return ended;
    }

    void end() {
        ended = true;
    }

    void fail(String doing, Throwable cause) {
        session.fail(doing, cause);
    }

    /** How many events it is behind. */
    long lag() {
        ReplayBuffer buffer = feed.buffer();
        return buffer.head() - (buffer.epoch().equals(epoch) ? cursor : beginningOf(buffer));
    }

    /** The seq after which a session goes on that comes from another epoch: all that can be had follows. */
    private long beginningOf(ReplayBuffer buffer) {
        return Math.min(feed.oldest(), buffer.oldest()) - 1;
    }

    /** Whether an event was written, or stands before what this session wanted. */
    boolean isPast(String eventEpoch, long seq) {
        return cursor >= seq && epoch.equals(eventEpoch);
    }

    /** When the session began to follow the stream, epoch milliseconds. */
    long since() {
        return passage.since();
    }

    /** After all that was written. */
    Position position() {
        return new Position(epoch, cursor);
    }

    /** Where it stands now; its passage goes on. */
    Place place() {
        return new Place(passage, position());
    }

    /** Why it has not been given an event yet that it is behind of, in one word for operators. */
    String waitsFor(Position event) {
        ReplayBuffer buffer = feed.buffer();
        if (!buffer.epoch().equals(event.epoch()) || buffer.head() < event.seq()) {
            return "not_at_node";
        }
        if (!session.isWritable()) {
            return "socket_full";
        }
        return waitsForLog ? "reading_log" : "in_turn";
    }

    /** Where the stream stands, for heartbeats. */
    Position head() {
        ReplayBuffer buffer = feed.buffer();
        return new Position(buffer.epoch(), buffer.head());
    }

    /** What an operator may see of it. */
    StreamReport report() {
        return new StreamReport(
                service(),
                waitsForLog ? "reading_log" : "attached",
                Optional.of(position()),
                Optional.of(head()),
                lag());
    }

    /**
     * Writes what there is after the cursor, until it is up to date or the socket takes no more. What takes long is done in pieces, in turn
     * with others.
     */
    void pump() {
        spent = 0;
        loop.takeEncodeCost();
        while (!ended && !waitsForLog && session.isWritable()) {
            ReplayBuffer buffer = feed.buffer();
            if (!buffer.epoch().equals(epoch)) {
                changeEpoch(buffer);
            } else if (cursor >= buffer.head()) {
                return;
            } else if (spent >= SessionLoop.PIECE) {
                pumpLater();
                return;
            } else {
                walk(buffer);
            }
        }
    }

    /** Goes on in a turn of its own. */
    void pumpLater() {
        if (!waitsForTurn && !ended) {
            waitsForTurn = true;
            loop.pumpLater(this);
        }
    }

    @Override
    public String org() {
        return feed.key().org();
    }

    @Override
    public int step() {
        waitsForTurn = false;
        try {
            pump();
        } catch (RuntimeException e) {
            // It ends this session; others have nothing to do with it.
            fail("delivering", e);
        }
        return 1 + spent;
    }

    /** It submits itself when there is. */
    @Override
    public boolean hasMore() {
        return false;
    }

    private void changeEpoch(ReplayBuffer buffer) {
        epoch = buffer.epoch();
        cursor = beginningOf(buffer);
        fence = cursor;
        passage.epochChanged(position());
        gap(epoch, 1, cursor, EPOCH_CHANGED);
    }

    private void gap(String ofEpoch, long from, long to, String reason) {
        session.write(ServerFrames.gap(service(), ofEpoch, from, to, reason));
        loop.services().metrics().gaps(reason, 1);
        LOGGER.atInfo()
                .addKeyValue("session", session.id())
                .addKeyValue("org", org())
                .addKeyValue("service", service())
                .addKeyValue("from", from)
                .addKeyValue("to", to)
                .addKeyValue("reason", reason)
                .log("gap announced");
    }

    private void walk(ReplayBuffer buffer) {
        EventFrame frame = nextFrame(buffer);
        if (frame == null) {
            readFromLog();
        } else {
            deliver(frame);
        }
    }

    private EventFrame nextFrame(ReplayBuffer buffer) {
        if (cursor < fence) {
            return feed.replayFrames().get(epoch, cursor, fence, () -> encode(buffer, fence, true));
        }
        EventFrame whole = buffer.frameAfter(cursor);
        return whole != null ? whole : encode(buffer, buffer.head(), false);
    }

    private EventFrame encode(ReplayBuffer buffer, long to, boolean replay) {
        ReplayBuffer.Range range = buffer.range(cursor, to, loop.maxFrameBytes());
        return range.events().isEmpty()
                ? null
                : loop.encode(feed, epoch, range.firstSeq(), range.events(), range.timestamp(), replay);
    }

    private void deliver(EventFrame frame) {
        boolean replay = cursor < fence;
        cursor = frame.lastSeq();
        spent += FRAME_COST + frame.jsonLength() + loop.takeEncodeCost();
        session.deliver(org(), frame, replay, cursor >= feed.buffer().head());
    }

    private void readFromLog() {
        waitsForLog = true;
        loop.readLog(feed, cursor + 1, (slice, failure) -> {
            waitsForLog = false;
            if (ended) {
                return;
            }
            if (failure != null) {
                session.later(RETRY_MS, this::pump);
            } else {
                takeFromLog(slice);
                session.flush();
            }
        });
    }

    private void takeFromLog(LogSlice slice) {
        if (!slice.epoch().equals(epoch)) {
            // Either the feed has another buffer by now, or the hub has not noticed yet and will be told.
            if (feed.buffer().epoch().equals(epoch)) {
                loop.reconcile(feed);
                session.later(RETRY_MS, this::pump);
            } else {
                pump();
            }
            return;
        }
        if (!session.isWritable()) {
            // Dropped, not kept: when the socket drains, the log is read again.
            return;
        }
        if (slice.firstSeq() > cursor + 1 && slice.head() > cursor) {
            long to = slice.firstSeq() - 1;
            long from = cursor + 1;
            // First, for the frame carries the cursor after it.
            cursor = to;
            passage.gap(from, to);
            gap(slice.epoch(), from, to, EXPIRED);
        }
        if (slice.events().isEmpty()) {
            session.later(RETRY_MS, this::pump);
            return;
        }
        boolean replay = cursor < fence;
        List<LogSlice.StoredEvent> stored = replay
                ? slice.events().subList(0, (int) Math.min(slice.events().size(), fence - cursor))
                : slice.events();
        List<byte[]> events = stored.stream().map(LogSlice.StoredEvent::json).toList();
        deliver(loop.encode(
                feed,
                slice.epoch(),
                cursor + 1,
                events,
                stored.get(stored.size() - 1).timestamp(),
                replay));
        pump();
    }
}
