// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.cluster.inside;

import com.hazelcast.internal.util.Clock;

/** The same for Hazelcast, which can be given a clock by a system property. */
public final class HazelcastClock extends Clock.ClockImpl {

    /** The system property that names this class. */
    public static final String PROPERTY = "com.hazelcast.clock.impl";

    @Override
    protected long currentTimeMillis() {
        return NodeClock.wallMillis();
    }
}
