// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import dev.sluice.gateway.hub.FeedListener;
import dev.sluice.gateway.hub.HubOptions;
import dev.sluice.gateway.hub.StreamFeed;
import dev.sluice.gateway.hub.TracedDelivery;
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
import java.util.Iterator;
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

    /** So much is done for a stream before another one has its turn; see {@link FairTurns} for what it counts. */
    static final int PIECE = 64 << 10;

    /** To look at a session that is up to date. */
    private static final int SESSION_COST = 256;

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

    private final Queue<Followers> moved = new ConcurrentLinkedQueue<>();
    private final FairTurns turns;
    private final AtomicBoolean waking = new AtomicBoolean();
    private long liveTimestamp;
    private int encodeCost;
    private boolean flushScheduled;
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
        followers.computeIfAbsent(subscription.feed(), Followers::new).add(subscription);
    }

    void unfollow(Subscription subscription) {
        Followers of = followers.get(subscription.feed());
        if (of != null && of.remove(subscription)) {
            followers.remove(subscription.feed());
            subscription.feed().removeListener(of);
        }
    }

    /** A session that is up to date was given a live frame. */
    void deliveredLive(long timestamp) {
        liveTimestamp = timestamp;
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

    /** Hub loop. */
    private void moved(Followers of) {
        moved.add(of);
        if (waking.compareAndSet(false, true)) {
            loop.execute(this::wake);
        }
    }

    private void wake() {
        waking.set(false);
        for (Followers of = moved.poll(); of != null; of = moved.poll()) {
            turns.submit(of);
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
        long now = loop.now();
        for (Session session : List.copyOf(sessions)) {
            try {
                session.tick(now);
            } catch (RuntimeException e) {
                session.fail("ticking", e);
            }
        }
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

    /** The subscriptions of this loop to one feed. */
    private final class Followers implements FeedListener, FairTurns.Work {
        private final Set<Subscription> subscriptions = new LinkedHashSet<>();
        private final AtomicBoolean queued = new AtomicBoolean();
        private final StreamFeed feed;
        private final String org;
        /** Where the feed stood when the walk began, if something was traced then. */
        private long headOfWalk;

        /** Of the subscriptions, for the walks; null when they have changed since. */
        private List<Subscription> snapshot;

        /** Of the walk that is under way; null when none is. */
        private Iterator<Subscription> walk;

        Followers(StreamFeed feed) {
            this.feed = feed;
            this.org = feed.key().org();
            feed.addListener(this);
        }

        void add(Subscription subscription) {
            subscriptions.add(subscription);
            snapshot = null;
        }

        /** True when it was the last. */
        boolean remove(Subscription subscription) {
            subscriptions.remove(subscription);
            snapshot = null;
            return subscriptions.isEmpty();
        }

        @Override
        public void feedAdvanced(StreamFeed feed) {
            if (queued.compareAndSet(false, true)) {
                moved(this);
            }
        }

        @Override
        public String org() {
            return org;
        }

        /** Serves some of the subscriptions. */
        @Override
        public int step() {
            if (walk == null) {
                // Before the walk, so that an event that comes during it queues the feed again.
                queued.set(false);
                if (snapshot == null) {
                    snapshot = List.copyOf(subscriptions);
                }
                walk = snapshot.iterator();
                headOfWalk = feed.traced().isEmpty() ? 0 : feed.buffer().head();
            }
            int cost = 1;
            liveTimestamp = 0;
            while (walk.hasNext() && cost < PIECE) {
                cost += SESSION_COST + walk.next().step();
            }
            if (liveTimestamp > 0) {
                services.metrics().latency(now() - liveTimestamp);
            }
            if (!walk.hasNext()) {
                walk = null;
                if (!feed.traced().isEmpty()) {
                    tellTraced();
                }
            }
            return cost;
        }

        /** This walk has shown the sessions all that stood in the buffer when it began. */
        private void tellTraced() {
            for (TracedDelivery delivery : feed.traced()) {
                if (delivery.seq() <= headOfWalk && delivery.awaits(this)) {
                    int delivered = 0;
                    for (Subscription subscription : subscriptions) {
                        delivered += subscription.isPast(delivery.epoch(), delivery.seq()) ? 1 : 0;
                    }
                    delivery.told(this, delivered, subscriptions.size() - delivered);
                }
            }
        }

        @Override
        public boolean hasMore() {
            return walk != null;
        }
    }
}
