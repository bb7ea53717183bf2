// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.admission;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;

/**
 * How fast a node takes connections: a token bucket. Those who are refused are told to come back at a random moment of the time that
 * the crowd of now needs to get in, so that it comes spread out and not as it left. The time is the caller's: milliseconds of a
 * clock that does not go back. Thread-safe.
 */
final class ConnectRate {

    private static final Duration MIN_RETRY = Duration.ofSeconds(1);
    private static final Duration MAX_RETRY = Duration.ofSeconds(60);

    private final RandomGenerator random;
    private double perMs;
    private double burst;
    private double tokens;
    /** Those who were refused and will come again, as far as they have not had their turn. */
    private double crowd;

    private long movedAt;

    ConnectRate(AdmissionOptions options, RandomGenerator random, long now) {
        this.perMs = options.connectsPerSecond() / 1_000.0;
        this.burst = options.connectBurst();
        this.random = random;
        this.tokens = burst;
        this.movedAt = now;
    }

    /** Takes connections at another rate from now on. */
    synchronized void change(AdmissionOptions options) {
        perMs = options.connectsPerSecond() / 1_000.0;
        burst = options.connectBurst();
    }

    /** Empty when one more may come; else after how many milliseconds it may try again, at least 1 000 and at most 60 000. */
    synchronized OptionalLong take(long now) {
        double earned = Math.max(0, now - movedAt) * perMs;
        movedAt = Math.max(movedAt, now);
        tokens = Math.min(burst, tokens + earned);
        crowd = Math.max(0, crowd - earned);
        if (tokens >= 1) {
            tokens--;
            return OptionalLong.empty();
        }
        crowd = Math.min(crowd + 1, perMs * MAX_RETRY.toMillis());
        long spread = Math.max(MIN_RETRY.toMillis(), (long) (crowd / perMs));
        return OptionalLong.of(Math.min(MAX_RETRY.toMillis(), MIN_RETRY.toMillis() + random.nextLong(spread)));
    }
}
