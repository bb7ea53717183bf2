// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import dev.sluice.gateway.hub.FeedListener;
import dev.sluice.gateway.hub.StreamFeed;
import dev.sluice.gateway.hub.TracedDelivery;
import dev.sluice.gateway.loop.FairTurns;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Subscriptions of one loop to one feed: served when it moved, some in each piece. Confined to the loop, but for {@link #feedAdvanced}.
 */
final class Crowd implements FeedListener, FairTurns.Work {

    /** To look at a session that is up to date. */
    private static final int SESSION_COST = 256;

    private final SessionLoop loop;
    private final StreamFeed feed;
    private final Optional<Crowd> settled;
    private final Set<Subscription> subscriptions = new LinkedHashSet<>();
    private final AtomicBoolean queued = new AtomicBoolean();
    /** Where the feed stood when the walk began, if something was traced then. */
    private long headOfWalk;
    /** Who came no later was settled when the walk began. */
    private long settledSince;

    /** Of the subscriptions, for the walks; null when they have changed since. */
    private List<Subscription> snapshot;

    /** Of the walk that is under way; null when none is. */
    private Iterator<Subscription> walk;

    /** Nobody yet. {@code settled}: where those go who have been here for {@link Followers#SETTLED_AFTER_MS}; empty if they stay. */
    Crowd(SessionLoop loop, StreamFeed feed, Optional<Crowd> settled) {
        this.loop = loop;
        this.feed = feed;
        this.settled = settled;
    }

    /** From now on it is served when the feed moves. */
    void add(Subscription subscription) {
        if (subscriptions.isEmpty()) {
            feed.addListener(this);
        }
        subscriptions.add(subscription);
        snapshot = null;
    }

    /** False if it was not here. */
    boolean remove(Subscription subscription) {
        if (!subscriptions.remove(subscription)) {
            return false;
        }
        snapshot = null;
        if (subscriptions.isEmpty()) {
            feed.removeListener(this);
        }
        return true;
    }

    boolean isEmpty() {
        return subscriptions.isEmpty();
    }

    /** Hub loop. */
    @Override
    public void feedAdvanced(StreamFeed advanced) {
        if (queued.compareAndSet(false, true)) {
            loop.moved(this);
        }
    }

    @Override
    public String org() {
        return feed.key().org();
    }

    /** Serves some of the subscriptions. */
    @Override
    public int step() {
        if (walk == null) {
            begin();
        }
        int cost = 1;
        loop.takeLiveTimestamp();
        while (walk.hasNext() && cost < SessionLoop.PIECE) {
            Subscription next = walk.next();
            settle(next);
            cost += SESSION_COST + next.step();
        }
        long timestamp = loop.takeLiveTimestamp();
        if (timestamp > 0) {
            loop.services().metrics().latency(loop.now() - timestamp);
        }
        if (!walk.hasNext()) {
            walk = null;
            if (!feed.traced().isEmpty()) {
                tellTraced();
            }
        }
        return cost;
    }

    /** To be called before it is served: what comes after that is told to those it is with then. */
    private void settle(Subscription subscription) {
        // While a traced event is under way it would be counted with both, or with none.
        if (settled.isPresent()
                && subscription.since() <= settledSince
                && feed.traced().isEmpty()
                && remove(subscription)) {
            settled.get().add(subscription);
        }
    }

    private void begin() {
        settledSince = loop.now() - Followers.SETTLED_AFTER_MS;
        // Before the walk, so that an event that comes during it queues the feed again.
        queued.set(false);
        if (snapshot == null) {
            snapshot = List.copyOf(subscriptions);
        }
        walk = snapshot.iterator();
        headOfWalk = feed.traced().isEmpty() ? 0 : feed.buffer().head();
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
