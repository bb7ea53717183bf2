// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import java.time.Duration;

/**
 * How much the log keeps, and for how long. Must be the same on every node; {@code shards} is checked when a node
 * joins, the others take effect with the operations of the node that has them.
 *
 * @param shards {@code log.shards}, 1 to 271, default 32: into how many entries the log is cut. Fixed when a cluster is
 *     formed. Few shards make big groups and so a high throughput, many spread over more nodes
 * @param maxEvents {@code log.maxEvents}, 1 to 100 000, default 1 000: the most events kept of a stream
 * @param maxAge {@code log.maxAge}, 1 second to 24 hours, default 5 minutes: how long an event is kept. A stream that
 *     gets no events drops its old ones with the next sweep
 * @param forgetAfter {@code log.forgetAfter}, 1 second to 30 days and no less than {@code maxAge} and {@code
 *     dedupWindow}, default 1 day: after how long without an event a stream's epoch and head are forgotten
 * @param dedupWindow {@code log.dedupWindow}, 1 second to 24 hours, default 5 minutes: how long an event published
 *     again is recognised (P5)
 * @param dedupMaxIds {@code log.dedupMaxIds}, 1 to 65 536, default 4 096: the most event ids remembered of a stream; a
 *     stream with more events than that in the window forgets the oldest first
 * @param maxShardBytes {@code log.maxShardBytes}, 4 MiB to 256 MiB, default 32 MiB: the most memory of a shard,
 *     estimated from events, ids and streams. Above it, the largest streams lose their oldest events. A migration
 *     writes a whole shard on a partition thread, so this also bounds how long that blocks
 * @param maxStreamsPerOrgPerShard {@code log.maxStreamsPerOrgPerShard}, 1 to 100 000, default 64: the most streams of
 *     an org in one shard. Streams spread over the shards by hash, so an org has about this times {@code shards}
 * @param sweepInterval {@code log.sweepInterval}, 1 second to 1 hour, default 60 seconds: how often expired history is
 *     dropped
 */
public record LogOptions(
        int shards,
        int maxEvents,
        Duration maxAge,
        Duration forgetAfter,
        Duration dedupWindow,
        int dedupMaxIds,
        long maxShardBytes,
        int maxStreamsPerOrgPerShard,
        Duration sweepInterval) {

    private static final long MIB = 1L << 20;
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration DAY = Duration.ofDays(1);

    /**
     * Checks every bound.
     *
     * @throws IllegalArgumentException whose message begins with the key that is wrong
     */
    public LogOptions {
        check("shards", shards, 1, 271);
        check("maxEvents", maxEvents, 1, 100_000);
        check("maxAge", maxAge, SECOND, DAY);
        check("dedupWindow", dedupWindow, SECOND, DAY);
        check("forgetAfter", forgetAfter, SECOND, Duration.ofDays(30));
        if (forgetAfter.compareTo(maxAge) < 0 || forgetAfter.compareTo(dedupWindow) < 0) {
            throw new IllegalArgumentException("log.forgetAfter must be at least log.maxAge (" + maxAge
                    + ") and log.dedupWindow (" + dedupWindow + "), is " + forgetAfter);
        }
        check("dedupMaxIds", dedupMaxIds, 1, 65_536);
        check("maxShardBytes", maxShardBytes, 4 * MIB, 256 * MIB);
        check("maxStreamsPerOrgPerShard", maxStreamsPerOrgPerShard, 1, 100_000);
        check("sweepInterval", sweepInterval, SECOND, Duration.ofHours(1));
    }

    /** The documented defaults. */
    public static LogOptions defaults() {
        return new LogOptions(
                32,
                1_000,
                Duration.ofMinutes(5),
                Duration.ofDays(1),
                Duration.ofMinutes(5),
                4_096,
                32 * MIB,
                64,
                Duration.ofSeconds(60));
    }

    Limits limits() {
        return new Limits(
                maxEvents,
                maxAge.toMillis(),
                forgetAfter.toMillis(),
                dedupWindow.toMillis(),
                dedupMaxIds,
                maxShardBytes,
                maxStreamsPerOrgPerShard);
    }

    private static void check(String name, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException("log." + name + " must be " + min + " to " + max + ", is " + value);
        }
    }

    private static void check(String name, Duration value, Duration min, Duration max) {
        if (value == null || value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new IllegalArgumentException("log." + name + " must be " + min + " to " + max + ", is " + value);
        }
    }
}
