// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.hub;

import java.time.Duration;

/**
 * How a node holds streams. Keys begin with {@code gateway.hub}.
 *
 * @param linger how long a stream nobody listens to any more stays warm, so that a reload of the page finds its buffer; 10 s, 0 to
 *     10 m
 * @param checkInterval how often the version of each shard is asked for, which bounds how late a lost push is noticed; 1 s,
 *     100 ms to 1 m
 * @param holeGrace how long a missing event may be under way before it is fetched from the log: pushes of two publishers
 *     overtake each other; 20 ms, 1 ms to 1 s
 * @param versionGrace how long a version that was read may be under way as a push before it is fetched; 150 ms, 1 ms to 5 s
 * @param batchWindow how long events are gathered into one frame; 0 sends at once and lets batches form under load only; 0,
 *     to 50 ms
 * @param bufferEvents the most events held of a stream; 1 000, 100 to 100 000
 * @param bufferAge the oldest event held; 5 m, 1 s to 1 h
 * @param bufferBytes the most bytes held of a stream; 4 MiB, 64 KiB to 1 GiB
 * @param totalBufferBytes the most bytes held of all streams together; 256 MiB, 1 MiB to 1 TiB
 * @param maxStreams the most streams held; 50 000, 1 to 10 000 000
 * @param maxFrameBytes the most bytes of events in one frame, unless a single event has more, for it is encoded and deflated in one piece; 64 KiB, 1 KiB to 1 MiB
 * @param deflateThresholdBytes JSON under so many bytes is never deflated; 1 024, 0 to 1 MiB
 * @param deflateLevel 1 (fast) to 9 (small); 6
 */
public record HubOptions(
        Duration linger,
        Duration checkInterval,
        Duration holeGrace,
        Duration versionGrace,
        Duration batchWindow,
        int bufferEvents,
        Duration bufferAge,
        long bufferBytes,
        long totalBufferBytes,
        int maxStreams,
        int maxFrameBytes,
        int deflateThresholdBytes,
        int deflateLevel) {

    private static final String PREFIX = "gateway.hub.";

    /**
     * Checks the bounds.
     *
     * @throws IllegalArgumentException naming the key and its bounds
     */
    public HubOptions {
        check("linger", linger, Duration.ZERO, Duration.ofMinutes(10));
        check("checkInterval", checkInterval, Duration.ofMillis(100), Duration.ofMinutes(1));
        check("holeGrace", holeGrace, Duration.ofMillis(1), Duration.ofSeconds(1));
        check("versionGrace", versionGrace, Duration.ofMillis(1), Duration.ofSeconds(5));
        check("batchWindow", batchWindow, Duration.ZERO, Duration.ofMillis(50));
        check("bufferEvents", bufferEvents, 100, 100_000);
        check("bufferAge", bufferAge, Duration.ofSeconds(1), Duration.ofHours(1));
        check("bufferBytes", bufferBytes, 64L << 10, 1L << 30);
        check("totalBufferBytes", totalBufferBytes, 1L << 20, 1L << 40);
        check("maxStreams", maxStreams, 1, 10_000_000);
        check("maxFrameBytes", maxFrameBytes, 1 << 10, 1 << 20);
        check("deflateThresholdBytes", deflateThresholdBytes, 0, 1 << 20);
        check("deflateLevel", deflateLevel, 1, 9);
    }

    /** The defaults given with each key. */
    public static HubOptions defaults() {
        return new HubOptions(
                Duration.ofSeconds(10),
                Duration.ofSeconds(1),
                Duration.ofMillis(20),
                Duration.ofMillis(150),
                Duration.ZERO,
                1_000,
                Duration.ofMinutes(5),
                4L << 20,
                256L << 20,
                50_000,
                64 << 10,
                1_024,
                6);
    }

    private static void check(String key, Duration value, Duration min, Duration max) {
        if (value == null || value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new IllegalArgumentException(PREFIX + key + " must be " + min.toMillis() + " ms to " + max.toMillis()
                    + " ms, is " + (value == null ? "empty" : value.toMillis() + " ms"));
        }
    }

    private static void check(String key, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(PREFIX + key + " must be " + min + " to " + max + ", is " + value);
        }
    }
}
