// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import dev.sluice.gateway.hub.HubOptions;
import dev.sluice.gateway.hub.StreamFeed;
import dev.sluice.gateway.loop.EventLoop;
import dev.sluice.gateway.loop.FairTurns;
import dev.sluice.gateway.loop.Walk;
import dev.sluice.gateway.replay.EventFrame;
import dev.sluice.gateway.replay.FrameEncoder;
import dev.sluice.stream.log.LogSlice;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sessions of one event loop: wakes those whose streams moved, flushes each once a turn, ticks all once a second. Everything but
 * {@link #execute}, {@link #flagsChanged} and the wake-up is confined to the loop.
 */
public final class SessionLoop {

    private static final Logger LOGGER = LoggerFactory.getLogger(SessionLoop.class);

    private static final long TICK_MS = 1_000;

    /** Hundreds may turn out to be too slow in the same second; to close them all in one turn held everybody else for 0.4 s (B7). */
    private static final int CLOSING_COST = 16;

    /** So much is done for a stream before another one has its turn; see {@link FairTurns} for what it counts. */
    static final int PIECE = 64 << 10;

    /** To let a session in, from the upgrade to its first stream, as {@link FairTurns} counts: about two tenths of a millisecond. */
    static final int ENTRANCE_COST = 128 << 10;

    /** How much longer a byte takes that is encoded for one session, and how much when it is deflated. */
    private static final int ENCODE_COST = 2;

    private static final int DEFLATE_COST = 16;

    private final EventLoop loop;
    private final SessionServices services;
    private final HubOptions hubOptions;
    private final FrameEncoder encoder;
    private final Set<Session> sessions = new LinkedHashSet<>();
    private final Map<StreamFeed, Followers> followers = new HashMap<>();
    private final EndedSessions ended = new EndedSessions();
    private final EndedSessions answered = new EndedSessions();
    private List<Session> toFlush = new ArrayList<>();
    /** Empty but while {@link #toFlush} is worked off: lists that grow anew in each turn cost more than all else of it. */
    private List<Session> flushed = new ArrayList<>();

    private final Queue<Crowd> moved = new ConcurrentLinkedQueue<>();
    private final FairTurns turns;
    private final AtomicBoolean waking = new AtomicBoolean();
    private long liveTimestamp;
    private int encodeCost;
    private boolean flushScheduled;
    /** The tick that is on its way through the sessions, or the last one. */
    private Future<Void> round = Future.succeededFuture();

    private boolean closed;

    /** The sessions of the given loop; begins to tick at once. */
    public SessionLoop(EventLoop loop, SessionServices services, HubOptions hubOptions) {
        this.loop = loop;
        this.services = services;
        this.hubOptions = hubOptions;
        this.encoder = new FrameEncoder(hubOptions.deflateThresholdBytes(), hubOptions.deflateLevel());
        this.turns = new FairTurns(loop, this::flushAll);
        loop.schedule(TICK_MS, this::tick);
    }

    /**
     * A connection was made.
     *
     * @param connectionToken the token that came with the request, if one did
     * @param address from where it comes, if that is to be counted
     */
    public Session open(SessionOutput output, Optional<String> connectionToken, Optional<String> address) {
        Session session = new Session(UUID.randomUUID().toString(), this, output, connectionToken, address);
        sessions.add(session);
        turns.owe(ENTRANCE_COST);
        services.registry().opened(session);
        services.metrics().sessions(1, output.transport().wire());
        return session;
    }

    void closed(Session session, CloseReason reason) {
        sessions.remove(session);
        services.registry().closed(session);
        String transport = session.transport().wire();
        services.metrics().sessions(-1, transport);
        services.metrics().closed(reason.wire(), reason.code(), transport, 1);
    }

    /** A session that was let in is over. Polls that were answered, of which there are many, do not crowd out the others. */
    void remember(EndedSession session) {
        (session.reason() == CloseReason.ANSWERED ? answered : ended).add(session);
    }

    SessionServices services() {
        return services;
    }

    /** A frame for one session, or for the few that want the same. */
    EventFrame encode(
            StreamFeed feed, String epoch, long firstSeq, List<byte[]> events, long timestamp, boolean replay) {
        EventFrame frame =
                encoder.encode(feed.key().service(), epoch, firstSeq, events, timestamp, replay, feed.wantsDeflated());
        encodeCost += frame.jsonLength() * (frame.deflated() == null ? ENCODE_COST : DEFLATE_COST);
        return frame;
    }

    /** What was spent on encoding since this was asked last. */
    int takeEncodeCost() {
        int cost = encodeCost;
        encodeCost = 0;
        return cost;
    }

    /** Reads what no buffer holds any more; the handler is called on the loop. */
    void readLog(StreamFeed feed, long fromSeq, BiConsumer<LogSlice, Throwable> handler) {
        services.hub()
                .read(feed, fromSeq)
                .onComplete((slice, failure) -> execute(() -> handler.accept(slice, failure)));
    }

    /** Has the hub compare a stream with the log; who waits for the outcome hears of it from the feed. */
    void reconcile(StreamFeed feed) {
        services.hub().reconcile(feed).onFailure(failure -> LOGGER.atDebug()
                .addKeyValue("service", feed.key().service())
                .addKeyValue("cause", failure.toString())
                .log("could not compare a stream with the log"));
    }

    /** How many ticks there are in a time, at least one. */
    static long ticks(Duration time) {
        return Math.max(1, time.toMillis() / TICK_MS);
    }

    int maxFrameBytes() {
        return hubOptions.maxFrameBytes();
    }

    long now() {
        return loop.now();
    }

    void execute(Runnable task) {
        loop.execute(task);
    }

    Runnable schedule(long delayMs, Runnable task) {
        return loop.schedule(delayMs, task);
    }

    void follow(Subscription subscription) {
        followers
                .computeIfAbsent(subscription.feed(), feed -> new Followers(this, feed))
                .add(subscription);
    }

    void unfollow(Subscription subscription) {
        Followers of = followers.get(subscription.feed());
        if (of != null && of.remove(subscription)) {
            followers.remove(subscription.feed());
        }
    }

    /** A session that is up to date was given a live frame. */
    void deliveredLive(long timestamp) {
        liveTimestamp = timestamp;
    }

    /** When the log accepted what was last given live since this was asked; 0 if nothing was. */
    long takeLiveTimestamp() {
        long timestamp = liveTimestamp;
        liveTimestamp = 0;
        return timestamp;
    }

    /** Makes sure that what the session wrote in this turn is flushed at its end, whoever forgets to. */
    void flushLater(Session session) {
        toFlush.add(session);
        if (!flushScheduled) {
            flushScheduled = true;
            loop.execute(this::flushAll);
        }
    }

    private void flushAll() {
        flushScheduled = false;
        List<Session> written = toFlush;
        toFlush = flushed;
        flushed = written;
        written.forEach(Session::flush);
        written.clear();
    }

    /** Has a crowd served whose feed moved. Hub loop. */
    void moved(Crowd crowd) {
        moved.add(crowd);
        if (waking.compareAndSet(false, true)) {
            loop.execute(this::wake);
        }
    }

    private void wake() {
        waking.set(false);
        for (Crowd crowd = moved.poll(); crowd != null; crowd = moved.poll()) {
            turns.submit(crowd);
        }
    }

    /** Has the subscription go on in a turn of its own, fairly with those of other orgs. */
    void pumpLater(Subscription subscription) {
        turns.submit(subscription);
    }

    private void tick() {
        if (closed) {
            return;
        }
        loop.schedule(TICK_MS, this::tick);
        if (round.isComplete()) {
            long now = loop.now();
            round = Walk.weighed(sessions, loop, session -> tick(session, now));
        }
    }

    private static int tick(Session session, long now) {
        boolean wasOpen = session.isOpen();
        try {
            session.tick(now);
        } catch (RuntimeException e) {
            session.fail("ticking", e);
        }
        return wasOpen && !session.isOpen() ? CLOSING_COST : 1;
    }

    /** Shows each session of now to the visitor, on the loop, some a turn; completes there. Any thread. */
    Future<Void> visit(Consumer<Session> visitor) {
        return visit(visitor, past -> {}, past -> {});
    }

    /**
     * The same, and those that are over: to the historian before the first session is shown, in the same turn, and again after the last, for
     * a session may end in between.
     */
    Future<Void> visit(Consumer<Session> visitor, Consumer<EndedSessions> historian, Consumer<EndedSessions> again) {
        Promise<Void> done = Promise.promise();
        loop.execute(() -> {
            historian.accept(ended);
            historian.accept(answered);
            Walk.over(sessions, loop, visitor)
                    .<Void>map(all -> {
                        again.accept(ended);
                        again.accept(answered);
                        return null;
                    })
                    .onComplete(done);
        });
        return done.future();
    }

    /** The flags are other ones: tells every open session. Any thread. */
    public void flagsChanged() {
        loop.execute(() -> List.copyOf(sessions).forEach(Session::tellFlags));
    }

    /** Ends every session and the ticking. On the loop. */
    public void close() {
        closed = true;
        for (Session session : List.copyOf(sessions)) {
            session.close(CloseReason.GOING_AWAY, "the node stops");
        }
        encoder.close();
    }
}
