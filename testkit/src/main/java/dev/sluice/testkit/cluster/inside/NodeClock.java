// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.cluster.inside;

import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A wall clock that jumps when the test says so. */
public final class NodeClock extends Clock {

    private static final NodeClock UTC = new NodeClock(ZoneOffset.UTC);

    private final ZoneId zone;

    private NodeClock(ZoneId zone) {
        this.zone = zone;
    }

    /** Takes the place of {@link System#currentTimeMillis}. */
    public static long wallMillis() {
        return System.currentTimeMillis() + Switches.ofThisProcess().clockOffsetMs();
    }

    /** Takes the place of {@link Clock#systemUTC}. */
    public static Clock utc() {
        return UTC;
    }

    /** Takes the place of {@link InstantSource#system}. */
    public static InstantSource source() {
        return UTC;
    }

    /** Takes the place of {@link Instant#now()}. */
    public static Instant now() {
        return UTC.instant();
    }

    @Override
    public ZoneId getZone() {
        return zone;
    }

    @Override
    public Clock withZone(ZoneId other) {
        return new NodeClock(other);
    }

    @Override
    public Instant instant() {
        return Clock.systemUTC().instant().plusMillis(Switches.ofThisProcess().clockOffsetMs());
    }

    @Override
    public long millis() {
        return wallMillis();
    }
}
