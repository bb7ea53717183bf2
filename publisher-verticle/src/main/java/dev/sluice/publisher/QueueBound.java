// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How much a publisher may hold (P8): counts events and bytes from the publish to its answer, so what is on its way to the log counts,
 * too. Thread-safe, without locks.
 *
 * <ul>
 *   <li>at half of either bound it is full: callers that cooperate wait until it is drained;
 *   <li>below a quarter of both it is drained;
 *   <li>above a bound nothing is taken.
 * </ul>
 */
final class QueueBound {

    private final long maxEvents;
    private final long maxBytes;
    private final PublisherMetrics metrics;
    private final AtomicLong events = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final Queue<Promise<Void>> waiting = new ConcurrentLinkedQueue<>();

    QueueBound(PublisherOptions options, PublisherMetrics metrics) {
        this.maxEvents = options.maxQueuedEvents();
        this.maxBytes = options.maxQueuedBytes();
        this.metrics = metrics;
    }

    /** Takes room for both or for neither. */
    boolean reserve(int eventCount, long byteCount) {
        if (!take(events, eventCount, maxEvents)) {
            return false;
        }
        if (!take(bytes, byteCount, maxBytes)) {
            events.addAndGet(-eventCount);
            return false;
        }
        metrics.queued(eventCount, byteCount);
        return true;
    }

    private static boolean take(AtomicLong counter, long amount, long max) {
        long held = counter.get();
        while (held + amount <= max) {
            if (counter.compareAndSet(held, held + amount)) {
                return true;
            }
            held = counter.get();
        }
        return false;
    }

    /** Gives room back that was reserved. */
    void release(int eventCount, long byteCount) {
        events.addAndGet(-eventCount);
        bytes.addAndGet(-byteCount);
        metrics.queued(-eventCount, -byteCount);
        if (!waiting.isEmpty()) {
            wakeIfDrained();
        }
    }

    /** Whether so many events or bytes could never be held. */
    boolean isBeyond(int eventCount, long byteCount) {
        return eventCount > maxEvents || byteCount > maxBytes;
    }

    /** Whether callers should wait. */
    boolean isFull() {
        return events.get() >= maxEvents / 2 || bytes.get() >= maxBytes / 2;
    }

    /** Completes when there is room again; at once if it is not full. */
    Future<Void> drained() {
        if (!isFull()) {
            return Future.succeededFuture();
        }
        Promise<Void> promise = CallerContext.promise();
        waiting.add(promise);
        wakeIfDrained(); // the last release may have come between the two
        return promise.future();
    }

    private void wakeIfDrained() {
        if (events.get() >= Math.max(1, maxEvents / 4) || bytes.get() >= Math.max(1, maxBytes / 4)) {
            return;
        }
        // First taken out, then told: a caller that is told may publish, find it full and wait again.
        List<Promise<Void>> woken = new ArrayList<>();
        for (Promise<Void> promise = waiting.poll(); promise != null; promise = waiting.poll()) {
            woken.add(promise);
        }
        woken.forEach(Promise::tryComplete);
    }
}
