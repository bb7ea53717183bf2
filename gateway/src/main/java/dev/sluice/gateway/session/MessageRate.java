// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

/** A token bucket for the messages of one client. Confined to the session's loop. */
final class MessageRate {

    private final double perMs;
    private final double burst;
    private double tokens;
    private long refilledAt;

    MessageRate(int perSecond, int burst, long now) {
        this.perMs = perSecond / 1_000.0;
        this.burst = burst;
        this.tokens = burst;
        this.refilledAt = now;
    }

    /** Takes one token; false when there is none. */
    boolean take(long now) {
        tokens = Math.min(burst, tokens + Math.max(0, now - refilledAt) * perMs);
        refilledAt = now;
        if (tokens < 1) {
            return false;
        }
        tokens--;
        return true;
    }

    /** After how long a client that has used up its burst should come back: when half of it is there again. */
    long retryAfterMs() {
        return (long) Math.ceil(burst / 2 / perMs);
    }
}
