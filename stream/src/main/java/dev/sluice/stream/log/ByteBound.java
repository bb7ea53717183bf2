// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * Brings a shard back within its bytes (P8): the org that holds the most gives, of its largest stream the oldest, so that who floods pays.
 * An org that holds less than an equal part of the shard loses nothing, however many streams others have.
 */
final class ByteBound {

    /** Largest first; the order of equals must be the same on primary and backup. */
    private static final Comparator<StreamState> LARGEST_STREAM = Comparator.comparingLong(StreamState::evictableBytes)
            .reversed()
            .thenComparing(stream -> stream.key().service());

    private static final Comparator<Holding> LARGEST_ORG = Comparator.<Holding>comparingLong(holding -> holding.bytes)
            .reversed()
            .thenComparing(holding -> holding.org);

    private ByteBound() {}

    /** What an org could give. */
    private static final class Holding {
        private final String org;
        private final PriorityQueue<StreamState> streams = new PriorityQueue<>(LARGEST_STREAM);
        private long bytes;

        Holding(String org) {
            this.org = org;
        }

        void add(StreamState stream) {
            streams.add(stream);
            bytes += stream.evictableBytes();
        }

        long evictOldestOfLargest() {
            StreamState largest = streams.poll();
            long freed = largest.evictOldest();
            bytes -= freed;
            if (largest.evictableBytes() > 0) {
                streams.add(largest);
            }
            return freed;
        }
    }

    /**
     * Evicts from the largest orgs until that many bytes are free, or nothing is left.
     *
     * @return how many events and ids went
     */
    static long free(Collection<StreamState> streams, long bytes) {
        PriorityQueue<Holding> queue = byOrg(streams);
        long missing = bytes;
        long evicted = 0;
        while (missing > 0 && !queue.isEmpty()) {
            Holding largest = queue.poll();
            long next = queue.isEmpty() ? 0 : queue.peek().bytes;
            do {
                missing -= largest.evictOldestOfLargest();
                evicted++;
            } while (missing > 0 && largest.bytes > next);
            if (largest.bytes > 0) {
                queue.add(largest);
            }
        }
        return evicted;
    }

    private static PriorityQueue<Holding> byOrg(Collection<StreamState> streams) {
        Map<String, Holding> holdings = new HashMap<>();
        for (StreamState stream : streams) {
            if (stream.evictableBytes() > 0) {
                holdings.computeIfAbsent(stream.key().org(), Holding::new).add(stream);
            }
        }
        PriorityQueue<Holding> queue = new PriorityQueue<>(Math.max(1, holdings.size()), LARGEST_ORG);
        queue.addAll(holdings.values());
        return queue;
    }
}
