// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher;

import dev.sluice.stream.log.Commit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The queue of one shard: groups in the order in which they came, and at most one commit in flight. What comes meanwhile goes together
 * in the next commit, so the groups grow with the load and nobody waits when there is none. A group is never split. Confined to the loop.
 */
final class ShardLane {

    private final LaneServices services;
    private final int shard;
    private final Runnable idle;
    private final Deque<Group> waiting = new ArrayDeque<>();
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
    }

    void add(Group group) {
        waiting.add(group);
        pump();
    }

    boolean isIdle() {
        return inFlight == null && waiting.isEmpty();
    }

    /** Fails what is not in flight. */
    void failWaiting(String cause, PublishUnavailableException reason) {
        for (Group group = waiting.poll(); group != null; group = waiting.poll()) {
            services.metrics().rejected(cause);
            group.fail(reason);
        }
    }

    /** Fails what is in flight. */
    void abortFlight(String reason) {
        if (inFlight != null) {
            inFlight.giveUp(reason);
        }
    }

    /** A loop, not a recursion: a log that answers within the call would nest as deep as the queue is long. */
    private void pump() {
        if (pumping) {
            return;
        }
        pumping = true;
        try {
            failExpired();
            while (inFlight == null && !waiting.isEmpty()) {
                inFlight = new CommitFlight(services, shard, nextGroups(), () -> ++lastNumber, this::landed);
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

    /** As many as fit in one commit; one group always does. */
    private List<Group> nextGroups() {
        List<Group> groups = new ArrayList<>();
        int events = 0;
        int bytes = 0;
        for (Group next = waiting.peek(); next != null; next = waiting.peek()) {
            events += next.size();
            bytes += next.bytes();
            if (events > Commit.MAX_EVENTS || bytes > Commit.MAX_BYTES) {
                break;
            }
            groups.add(waiting.remove());
        }
        return groups;
    }

    private void failExpired() {
        long timeout = services.options().commitTimeout().toNanos();
        long now = services.loop().nanoTime();
        for (Group next = waiting.peek(); next != null && now - next.submittedAt() >= timeout; next = waiting.peek()) {
            services.metrics().rejected("waited_too_long");
            waiting.remove()
                    .fail(PublishUnavailableException.notPublished(
                            "the log is too slow: the event waited "
                                    + services.options().commitTimeout().toMillis() + " ms for its turn",
                            services.options().breakerOpen()));
        }
    }
}
