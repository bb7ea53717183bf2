// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.transport.http;

import java.time.Duration;

/**
 * How server-sent events and long polls behave. Keys begin with {@code gateway.fallback}.
 *
 * @param sseRetry after how long a browser's {@code EventSource} comes back by itself; 2 s, 100 ms to 1 m
 * @param pollTimeout how long a poll that does not say it waits for something new; 25 s, 1 s to 5 m
 * @param maxPollTimeout the longest that a poll may ask for; more is shortened; 1 m, 1 s to 5 m
 * @param maxPollBytes at so many bytes of frames an answer is full; it exceeds them by one frame at most; 256 KiB, 1 KiB to 16 MiB
 */
public record FallbackOptions(Duration sseRetry, Duration pollTimeout, Duration maxPollTimeout, int maxPollBytes) {

    private static final String PREFIX = "gateway.fallback.";

    /**
     * Checks the bounds.
     *
     * @throws IllegalArgumentException naming the key and its bounds
     */
    public FallbackOptions {
        check("sseRetry", sseRetry, Duration.ofMillis(100), Duration.ofMinutes(1));
        check("pollTimeout", pollTimeout, Duration.ofSeconds(1), Duration.ofMinutes(5));
        check("maxPollTimeout", maxPollTimeout, Duration.ofSeconds(1), Duration.ofMinutes(5));
        if (pollTimeout.compareTo(maxPollTimeout) > 0) {
            throw new IllegalArgumentException(PREFIX + "pollTimeout must not be longer than " + PREFIX
                    + "maxPollTimeout, is " + pollTimeout.toMillis() + " ms");
        }
        if (maxPollBytes < 1 << 10 || maxPollBytes > 16 << 20) {
            throw new IllegalArgumentException(PREFIX + "maxPollBytes must be 1024 to 16777216, is " + maxPollBytes);
        }
    }

    /** The defaults given with each key. */
    public static FallbackOptions defaults() {
        return new FallbackOptions(Duration.ofSeconds(2), Duration.ofSeconds(25), Duration.ofMinutes(1), 256 << 10);
    }

    private static void check(String key, Duration value, Duration min, Duration max) {
        if (value == null || value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new IllegalArgumentException(PREFIX + key + " must be " + min.toMillis() + " ms to " + max.toMillis()
                    + " ms, is " + (value == null ? "empty" : value.toMillis() + " ms"));
        }
    }
}
