// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * The wall clock, but where that jumps this one follows slowly, by a tenth of the time that passes. Otherwise a clock that is put forward by some minutes and back
 * again would, in between, make every event too old to be kept.
 *
 * <p>Thread-safe.
 */
final class SteadyClock implements InstantSource {

    private static final int SLEW = 10;

    private final InstantSource wall;
    private final LongSupplier nanos;

    /** Finer than what it is asked for, or following would come to nothing where it is asked more than once in ten milliseconds. */
    private long micros;

    private long nanosThen;

    SteadyClock(InstantSource wall, LongSupplier nanos) {
        this.wall = wall;
        this.nanos = nanos;
        this.micros = wall.millis() * 1_000;
        this.nanosThen = nanos.getAsLong();
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(millis());
    }

    @Override
    public synchronized long millis() {
        long passed = (nanos.getAsLong() - nanosThen) / 1_000;
        nanosThen += passed * 1_000; // what is left of a microsecond counts next time
        long expected = micros + passed;
        long slew = passed / SLEW;
        micros = Math.max(expected - slew, Math.min(expected + slew, wall.millis() * 1_000));
        return micros / 1_000;
    }
}
