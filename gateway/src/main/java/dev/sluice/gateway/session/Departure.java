// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import dev.sluice.gateway.ops.GatewayMetrics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Sends all sessions of a node away, spread over a window. The window is cut into as many slots as there are sessions; each gets one,
 * and in it a moment at random. So in no part of the window do more clients come to the other nodes than its share. Who is still here
 * a grace after its slot is closed with 4005 (4006 for overload), which keeps that spread.
 *
 * <p>The time is the caller's: milliseconds of any clock that does not go back. Thread-safe.
 */
public final class Departure {

    /** Of the window, so much is left for the last ones to go by themselves. */
    private static final int GRACE_PARTS = 5;

    private static final long MAX_GRACE_MS = 2_000;

    private final GoAwayReason reason;
    private final SessionRegistry registry;
    private final GatewayMetrics metrics;
    private final RandomGenerator random;
    private final long end;
    private final long grace;
    private final Set<Session> told = new HashSet<>();
    private boolean hurried;

    /**
     * A departure that nobody has been told of.
     *
     * @param window from {@code now} until the last is gone; 0 closes all at once
     */
    public Departure(
            GoAwayReason reason,
            Duration window,
            long now,
            SessionRegistry registry,
            GatewayMetrics metrics,
            RandomGenerator random) {
        this.reason = reason;
        this.registry = registry;
        this.metrics = metrics;
        this.random = random;
        this.end = now + window.toMillis();
        this.grace = Math.min(MAX_GRACE_MS, window.toMillis() / GRACE_PARTS);
    }

    /**
     * Tells those who have not been told: the first time all, later those who came since, with slots in what is left of the window.
     *
     * @return how many of those who were told are still here
     */
    public synchronized int advance(long now) {
        Set<Session> here = new HashSet<>(registry.sessions());
        told.retainAll(here);
        here.removeAll(told);
        long span = Math.max(0, end - grace - now);
        // In the order of their hashes, which is none: those of one page or org must not go together.
        List<Session> leaving = new ArrayList<>(here);
        for (int i = 0; i < leaving.size(); i++) {
            long slot = (long) ((i + random.nextDouble()) * span / leaving.size());
            leaving.get(i).goAway(reason, slot, hurried ? 0 : slot + grace);
        }
        told.addAll(leaving);
        metrics.sentAway(reason.wire(), leaving.size());
        metrics.leaving(told.size());
        return told.size();
    }

    /** Closes all who were told, and whoever still comes: there is no time left. */
    public synchronized void hurry() {
        hurried = true;
        told.forEach(Session::leaveNow);
    }

    /** Whether the window is over by so much. */
    public boolean isOver(long now, Duration allowance) {
        return now - end > allowance.toMillis();
    }
}
