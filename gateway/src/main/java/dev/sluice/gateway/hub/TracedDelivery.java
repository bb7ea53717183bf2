// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.hub;

import dev.sluice.stream.trace.TraceAttributes;
import dev.sluice.stream.trace.TraceSpan;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A traced event on its way to the sessions of this node: one span, however many sessions there are. It ends when everybody has told who
 * listened to the feed when the event came. Any thread.
 */
public final class TracedDelivery {

    private final String epoch;
    private final long seq;
    private final TraceSpan span;
    private final long startedAt;
    private final Runnable ended;
    private final Set<FeedListener> awaited = ConcurrentHashMap.newKeySet();
    private final AtomicInteger missing;
    private final AtomicInteger delivered = new AtomicInteger();
    private final AtomicInteger behind = new AtomicInteger();
    private final AtomicBoolean over = new AtomicBoolean();

    /**
     * A delivery that has begun.
     *
     * @param listeners who will tell, at least one
     * @param ended called once, by whoever tells last
     */
    TracedDelivery(
            String epoch, long seq, TraceSpan span, long startedAt, List<FeedListener> listeners, Runnable ended) {
        this.epoch = epoch;
        this.seq = seq;
        this.span = span;
        this.startedAt = startedAt;
        this.ended = ended;
        this.awaited.addAll(listeners);
        this.missing = new AtomicInteger(awaited.size());
    }

    /** The epoch of the event. */
    public String epoch() {
        return epoch;
    }

    /** The seq of the event. */
    public long seq() {
        return seq;
    }

    /** Whether the listener has still to tell. */
    public boolean awaits(FeedListener listener) {
        return awaited.contains(listener);
    }

    /**
     * A listener has shown the event to all of its sessions.
     *
     * @param sessionsDelivered to how many of them it was handed
     * @param sessionsBehind how many are not there yet, being slow or having begun somewhere else
     */
    public void told(FeedListener listener, int sessionsDelivered, int sessionsBehind) {
        if (awaited.remove(listener)) {
            delivered.addAndGet(sessionsDelivered);
            behind.addAndGet(sessionsBehind);
            if (missing.decrementAndGet() == 0) {
                end();
            }
        }
    }

    long startedAt() {
        return startedAt;
    }

    /** With what is known by now. */
    void end() {
        if (over.compareAndSet(false, true)) {
            span.with(TraceAttributes.SESSIONS_DELIVERED, delivered.get())
                    .with(TraceAttributes.SESSIONS_BEHIND, behind.get())
                    .end();
            ended.run();
        }
    }
}
