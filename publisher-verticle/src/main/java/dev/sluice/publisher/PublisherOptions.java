// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher;

import java.time.Duration;

/**
 * A publisher. Keys begin with {@code publisher}.
 *
 * @param maxQueuedEvents events that may wait or be under way before more are refused; 100 000, 1 000 to 10 000 000
 * @param maxQueuedBytes bytes of such events; 64 MiB, 1 MiB to 16 GiB
 * @param commitTimeout how long a commit is tried before its events fail with an unknown outcome, and how long an event may
 *     wait for its commit; so every publish is answered within twice this. 15 s, 100 ms to 5 m
 * @param retryDelay the pause before a commit is tried a second time; doubled with every failure, and each pause is between half
 *     of that and all of it at random. 50 ms, 1 ms to 10 s
 * @param maxRetryDelay the longest pause; 1 s, no less than {@code retryDelay}, to 1 m
 * @param breakerFailures so many failed attempts in a row, of all shards together and of at least two commits, open the circuit
 *     breaker; 5, 2 to 1 000
 * @param breakerOpen how long an open breaker refuses before a probe; 2 s, 10 ms to 5 m
 * @param closeTimeout how long closing waits for what is queued; 10 s, 0 to 5 m
 * @param fairness what one org may have of what all share
 * @param http how events come in over HTTP
 */
public record PublisherOptions(
        int maxQueuedEvents,
        long maxQueuedBytes,
        Duration commitTimeout,
        Duration retryDelay,
        Duration maxRetryDelay,
        int breakerFailures,
        Duration breakerOpen,
        Duration closeTimeout,
        FairnessOptions fairness,
        PublisherHttpOptions http) {

    private static final String PREFIX = "publisher.";
    private static final Duration FIVE_MINUTES = Duration.ofMinutes(5);

    /**
     * Checks the bounds.
     *
     * @throws IllegalArgumentException naming the key and its bounds
     */
    public PublisherOptions {
        // A group of events as large as a commit must find room in an empty queue, or it never would.
        Bounds.check(PREFIX + "maxQueuedEvents", maxQueuedEvents, 1_000, 10_000_000);
        Bounds.check(PREFIX + "maxQueuedBytes", maxQueuedBytes, 1L << 20, 16L << 30);
        Bounds.check(PREFIX + "commitTimeout", commitTimeout, Duration.ofMillis(100), FIVE_MINUTES);
        Bounds.check(PREFIX + "retryDelay", retryDelay, Duration.ofMillis(1), Duration.ofSeconds(10));
        Bounds.check(PREFIX + "maxRetryDelay", maxRetryDelay, retryDelay, Duration.ofMinutes(1));
        Bounds.check(PREFIX + "breakerFailures", breakerFailures, 2, 1_000);
        Bounds.check(PREFIX + "breakerOpen", breakerOpen, Duration.ofMillis(10), FIVE_MINUTES);
        Bounds.check(PREFIX + "closeTimeout", closeTimeout, Duration.ZERO, FIVE_MINUTES);
        if (fairness == null) {
            throw new IllegalArgumentException(PREFIX + "fairness must be given");
        }
        if (http == null) {
            throw new IllegalArgumentException(PREFIX + "http must be given");
        }
    }

    /** The defaults given with each key. */
    public static PublisherOptions defaults() {
        return new PublisherOptions(
                100_000,
                64L << 20,
                Duration.ofSeconds(15),
                Duration.ofMillis(50),
                Duration.ofSeconds(1),
                5,
                Duration.ofSeconds(2),
                Duration.ofSeconds(10),
                FairnessOptions.defaults(),
                PublisherHttpOptions.defaults());
    }
}
