// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher;

import java.time.Duration;

/** Checks configured values; the messages begin with the key. */
final class Bounds {

    private Bounds() {}

    static void check(String key, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(key + " must be " + min + " to " + max + ", is " + value);
        }
    }

    static void check(String key, Duration value, Duration min, Duration max) {
        if (value == null || value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new IllegalArgumentException(key + " must be " + min.toMillis() + " ms to " + max.toMillis()
                    + " ms, is " + (value == null ? "empty" : value.toMillis() + " ms"));
        }
    }
}
