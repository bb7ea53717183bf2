// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** The loop's time for a library that wants a {@link Clock}; counts from 1970 and, unlike the wall clock, never jumps. */
final class LoopClock extends Clock {

    private final Loop loop;
    private final long start;

    LoopClock(Loop loop) {
        this.loop = loop;
        this.start = loop.nanoTime();
    }

    @Override
    public Instant instant() {
        return Instant.EPOCH.plusNanos(loop.nanoTime() - start);
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("this clock tells no time of day");
    }
}
