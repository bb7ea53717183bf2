// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.canary;

/**
 * What has come from one node at one address, by the sender's rounds: each is counted once, as arrived or as lost. Not thread-safe.
 */
final class CanaryPath {

    private static final long UNKNOWN = -1;

    /** Up to here each round has come or is counted as lost. */
    private long counted;
    /** Counted as lost in silence, when nobody knew of a round. */
    private long presumed;

    private long lostInARow;
    private boolean suspect;

    private CanaryPath(long counted) {
        this.counted = counted;
    }

    /** Expects every round after the given one. */
    static CanaryPath after(long round) {
        return new CanaryPath(round);
    }

    /** Expects every round after the first that is known of. */
    static CanaryPath afterTheFirst() {
        return new CanaryPath(UNKNOWN);
    }

    /** A round came. Answers how many before it are lost and were not counted yet. */
    long arrived(long round) {
        lostInARow = 0;
        suspect = false;
        long lost = advanceTo(round - 1);
        counted = Math.max(counted, round);
        presumed = 0;
        return lost;
    }

    /** All rounds up to this one have been sent, and would be here. Answers how many are lost and were not counted yet. */
    long due(long round) {
        long before = counted;
        long lost = advanceTo(round);
        if (before != UNKNOWN && round > before) {
            lostInARow += round - before;
        }
        return lost;
    }

    private long advanceTo(long round) {
        if (round <= counted) {
            return 0;
        }
        long missing = counted == UNKNOWN ? 0 : round - counted;
        counted = round;
        long known = Math.min(missing, presumed);
        presumed -= known;
        return missing - known;
    }

    /** A round's time passed, and nothing tells whether the sender is alive. */
    void presumeOneLost() {
        presumed++;
    }

    /** So many known rounds are missing, one after the other, since one came or the registration was made again. */
    boolean isMissing(long rounds) {
        if (lostInARow >= rounds) {
            suspect = true;
        }
        return lostInARow >= rounds;
    }

    /** The registration is made again: counts anew, and stays suspect until something comes. */
    void repaired() {
        lostInARow = 0;
    }

    /** Whether it was found missing, and nothing has come since. */
    boolean isSuspect() {
        return suspect;
    }
}
