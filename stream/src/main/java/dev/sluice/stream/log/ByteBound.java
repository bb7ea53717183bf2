// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import java.util.Collection;
import java.util.Comparator;
import java.util.PriorityQueue;

/** Brings a shard back within its bytes (P8): always the largest stream gives its oldest, so that who floods pays. */
final class ByteBound {

    /** Largest first; the order of equals must be the same on primary and backup. */
    private static final Comparator<StreamState> LARGEST_FIRST = Comparator.comparingLong(StreamState::evictableBytes)
            .reversed()
            .thenComparing(stream -> stream.key().org())
            .thenComparing(stream -> stream.key().service());

    private ByteBound() {}

    /**
     * Evicts from the largest streams until that many bytes are free, or nothing is left.
     *
     * @return how many events and ids went
     */
    static long free(Collection<StreamState> streams, long bytes) {
        PriorityQueue<StreamState> queue = new PriorityQueue<>(Math.max(1, streams.size()), LARGEST_FIRST);
        streams.stream().filter(stream -> stream.evictableBytes() > 0).forEach(queue::add);
        long missing = bytes;
        long evicted = 0;
        while (missing > 0 && !queue.isEmpty()) {
            StreamState largest = queue.poll();
            long next = queue.isEmpty() ? 0 : queue.peek().evictableBytes();
            do {
                missing -= largest.evictOldest();
                evicted++;
            } while (missing > 0 && largest.evictableBytes() > next);
            if (largest.evictableBytes() > 0) {
                queue.add(largest);
            }
        }
        return evicted;
    }
}
