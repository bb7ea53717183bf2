// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.canary;

import java.time.Duration;

/**
 * How a node checks that pushes reach it. Keys begin with {@code gateway.canary}.
 *
 * @param interval how often each node sends a probe through each registration of the others; 2 s, 500 ms to 1 m, or 0: never
 * @param repairs after how many registrations made again in vain the node is not ready, at 2 s within a minute or so; 3, 1 to 5, or 0: it stays ready
 */
public record CanaryOptions(Duration interval, int repairs) {

    private static final Duration SHORTEST = Duration.ofMillis(500);
    private static final Duration LONGEST = Duration.ofMinutes(1);
    private static final int MOST_REPAIRS = 5;

    /**
     * Checks the bounds.
     *
     * @throws IllegalArgumentException naming the key and its bounds
     */
    public CanaryOptions {
        boolean off = interval != null && interval.isZero();
        if (!off && (interval == null || interval.compareTo(SHORTEST) < 0 || interval.compareTo(LONGEST) > 0)) {
            throw new IllegalArgumentException(
                    "gateway.canary.interval must be 500 ms to 1 m, or 0 for none, is " + interval);
        }
        if (repairs < 0 || repairs > MOST_REPAIRS) {
            throw new IllegalArgumentException(
                    "gateway.canary.repairs must be 0 to " + MOST_REPAIRS + ", is " + repairs);
        }
    }

    /** The defaults given with each key. */
    public static CanaryOptions defaults() {
        return new CanaryOptions(Duration.ofSeconds(2), 3);
    }

    /** No canary. */
    public static CanaryOptions off() {
        return new CanaryOptions(Duration.ZERO, 0);
    }

    /** Whether there is one. */
    public boolean isOn() {
        return !interval.isZero();
    }
}
