// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher;

import java.time.Duration;

/**
 * The queue of one shard, fair between orgs, and at most one commit in flight. What comes meanwhile goes together in the next commit, as
 * far as it is not too long then, so commits grow with the load and nobody waits when there is none. A group is never split. Confined to
 * the loop.
 */
final class ShardLane {

    private final LaneServices services;
    private final int shard;
    private final Runnable idle;
    private final FairQueue waiting;
    private long lastNumber;
    private CommitFlight inFlight;
    private boolean pumping;

    /**
     * An empty lane.
     *
     * @param idle called whenever nothing waits and nothing is in flight any more
     */
    ShardLane(LaneServices services, int shard, Runnable idle) {
        this.services = services;
        this.shard = shard;
        this.idle = idle;
        this.waiting = new FairQueue(services.options().fairness());
    }

    /** Puts the group into the queue, no more; {@link #pump()} is to follow. */
    void add(Group group) {
        waiting.add(group);
    }

    boolean isIdle() {
        return inFlight == null && waiting.isEmpty();
    }

    /** Fails what is not in flight. */
    void failWaiting(String cause, PublishUnavailableException reason) {
        waiting.removeWhile(any -> true, group -> {
            services.metrics().rejected(cause);
            group.fail(reason);
        });
    }

    /** Fails what is in flight. */
    void abortFlight(String reason) {
        if (inFlight != null) {
            inFlight.giveUp(reason);
        }
    }

    /** Begins a commit of what waits, unless one is under way. A loop, not a recursion: a log that answers within the call would nest as deep as the queue is long. */
    void pump() {
        if (pumping) {
            return;
        }
        pumping = true;
        try {
            failExpired();
            while (inFlight == null && !waiting.isEmpty()) {
                inFlight = new CommitFlight(services, shard, waiting.next(), () -> ++lastNumber, this::landed);
                inFlight.start();
                failExpired();
            }
        } finally {
            pumping = false;
        }
        if (isIdle()) {
            idle.run();
        }
    }

    private void landed() {
        inFlight = null;
        pump();
    }

    private void failExpired() {
        Duration timeout = services.options().commitTimeout();
        long now = services.loop().nanoTime();
        waiting.removeWhile(group -> now - group.submittedAt() >= timeout.toNanos(), group -> {
            services.metrics().rejected("waited_too_long");
            group.fail(PublishUnavailableException.notPublished(
                    "the log is too slow: the event waited " + timeout.toMillis() + " ms for its turn",
                    services.options().breakerOpen()));
        });
    }
}
