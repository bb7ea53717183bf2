// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher;

import dev.sluice.publisher.OrgShares.Outcome;
import dev.sluice.stream.log.Commit;
import dev.sluice.stream.metrics.OrgAmounts;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * How much a publisher may hold (P8), and how much of it one org (see {@link OrgShares}): counts events and bytes from the publish to its
 * answer, so what is on its way to the log counts, too. Thread-safe; its lock is held for a few additions, never while others are told.
 *
 * <ul>
 *   <li>at half of a bound it is full: callers that cooperate wait until it is drained;
 *   <li>below a quarter of it is drained;
 *   <li>above a bound nothing is taken.
 * </ul>
 */
final class QueueBound {

    private final PublisherMetrics metrics;
    private final Object lock = new Object();
    // Guarded by the lock.
    private final OrgShares events;
    private final OrgShares bytes;
    private final List<Waiter> waiting = new ArrayList<>();

    /** Somebody who waits until there is room: for an org, or if that is null for all. */
    private record Waiter(String org, Promise<Void> promise) {}

    QueueBound(PublisherOptions options, PublisherMetrics metrics) {
        FairnessOptions fairness = options.fairness();
        this.events =
                new OrgShares(options.maxQueuedEvents(), fairness.share(options.maxQueuedEvents(), Commit.MAX_EVENTS));
        this.bytes =
                new OrgShares(options.maxQueuedBytes(), fairness.share(options.maxQueuedBytes(), Commit.MAX_BYTES));
        this.metrics = metrics;
        metrics.queue(this::tell);
    }

    /** What each org has in it. */
    private void tell(OrgAmounts amounts) {
        synchronized (lock) {
            bytes.forEach(amounts::add);
        }
    }

    /** Takes room for all groups or for none. */
    Outcome reserve(List<Group> groups) {
        synchronized (lock) {
            for (int i = 0; i < groups.size(); i++) {
                Group group = groups.get(i);
                Outcome outcome = take(group.key().org(), group.size(), group.bytes());
                if (outcome == Outcome.ORG_FULL) {
                    metrics.orgBusy(group.key().org());
                }
                if (outcome != Outcome.TAKEN) {
                    groups.subList(0, i).forEach(taken -> giveBack(taken.key().org(), taken.size(), taken.bytes()));
                    return outcome;
                }
            }
        }
        return Outcome.TAKEN;
    }

    /** Takes room for both or for neither. */
    Outcome reserve(String org, int eventCount, long byteCount) {
        synchronized (lock) {
            return take(org, eventCount, byteCount);
        }
    }

    private Outcome take(String org, int eventCount, long byteCount) {
        Outcome outcome = events.check(org, eventCount);
        if (outcome == Outcome.TAKEN) {
            outcome = bytes.check(org, byteCount);
        }
        if (outcome == Outcome.TAKEN) {
            events.take(org, eventCount);
            bytes.take(org, byteCount);
            metrics.queued(eventCount, byteCount);
        }
        return outcome;
    }

    private void giveBack(String org, int eventCount, long byteCount) {
        events.giveBack(org, eventCount);
        bytes.giveBack(org, byteCount);
        metrics.queued(-eventCount, -byteCount);
    }

    /** Gives room back that was reserved. */
    void release(String org, int eventCount, long byteCount) {
        List<Waiter> woken;
        synchronized (lock) {
            giveBack(org, eventCount, byteCount);
            woken = drainedWaiters();
        }
        // First taken out, then told: a caller that is told may publish, find it full and wait again.
        woken.forEach(waiter -> waiter.promise().complete());
    }

    private List<Waiter> drainedWaiters() {
        if (waiting.isEmpty()) {
            return List.of();
        }
        List<Waiter> drained = new ArrayList<>();
        for (Iterator<Waiter> each = waiting.iterator(); each.hasNext(); ) {
            Waiter waiter = each.next();
            if (isDrained(waiter.org())) {
                each.remove();
                drained.add(waiter);
            }
        }
        return drained;
    }

    private boolean isDrained(String org) {
        return org == null ? events.isDrained() && bytes.isDrained() : events.isDrained(org) && bytes.isDrained(org);
    }

    /** Whether this could never be held, not even by an empty queue: more than all may hold, or more of one org than that may. */
    boolean isBeyond(List<Group> groups) {
        if (groups.size() == 1) {
            return false; // one group is no more than a commit, and that has room in every share
        }
        OrgShares emptyEvents = events.emptied();
        OrgShares emptyBytes = bytes.emptied();
        for (Group group : groups) {
            String org = group.key().org();
            if (emptyEvents.check(org, group.size()) != Outcome.TAKEN
                    || emptyBytes.check(org, group.bytes()) != Outcome.TAKEN) {
                return true;
            }
            emptyEvents.take(org, group.size());
            emptyBytes.take(org, group.bytes());
        }
        return false;
    }

    /** Whether callers should wait who publish for this org, or if it is null for any. */
    boolean isFull(String org) {
        synchronized (lock) {
            return org == null
                    ? events.isHalfFull() || bytes.isHalfFull()
                    : events.isHalfFull(org) || bytes.isHalfFull(org);
        }
    }

    /** Completes when there is room again for this org, or if it is null for any; at once if it is not full. */
    Future<Void> drained(String org) {
        synchronized (lock) {
            if (!isFull(org)) {
                return Future.succeededFuture();
            }
            Promise<Void> promise = CallerContext.promise();
            waiting.add(new Waiter(org, promise));
            return promise.future();
        }
    }
}
