// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** How long to pause before a commit is tried again. Confined to the loop. */
final class Backoff {

    private static final int MAX_DOUBLINGS = 20;

    private final long firstNanos;
    private final long maxNanos;
    private final RandomGenerator random;

    Backoff(PublisherOptions options, RandomGenerator random) {
        this.firstNanos = options.retryDelay().toNanos();
        this.maxNanos = options.maxRetryDelay().toNanos();
        this.random = random;
    }

    /**
     * Doubles with every failure; half of it is left to chance, so that the shards of a node that came back are not all tried in the
     * same millisecond.
     *
     * @param failures so far, at least 1
     */
    Duration after(int failures) {
        long full = Math.min(maxNanos, firstNanos << Math.min(failures - 1, MAX_DOUBLINGS));
        long pause = full / 2 + random.nextLong(full / 2 + 1);
        return Duration.ofNanos(pause);
    }
}
