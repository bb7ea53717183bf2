// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.network;

import java.time.Duration;

/**
 * What happens to the packets from one host to another. Each of the random things is decided for each packet by itself.
 *
 * @param cut nothing gets through
 * @param delay how long each packet is under way, 0 to 1 minute
 * @param jitter up to so much more, at random; may put packets out of order. 0 to 1 minute
 * @param lossPercent how many packets of a hundred vanish, 0 to 100
 * @param reorderPercent how many are held back by {@link #HELD_BACK}, so that later ones overtake them, 0 to 100
 * @param duplicatePercent how many arrive twice, 0 to 100
 */
public record LinkRule(
        boolean cut,
        Duration delay,
        Duration jitter,
        double lossPercent,
        double reorderPercent,
        double duplicatePercent) {

    /** How much later than the others a reordered packet arrives: longer than a burst, shorter than TCP's shortest retransmission timeout. */
    public static final Duration HELD_BACK = Duration.ofMillis(10);

    private static final Duration MAX_DELAY = Duration.ofMinutes(1); // before CLEAR, which is checked by it

    /** Everything gets through at once. */
    public static final LinkRule CLEAR = new LinkRule(false, Duration.ZERO, Duration.ZERO, 0, 0, 0);

    /** Checks the bounds. */
    public LinkRule {
        requireDelay("delay", delay);
        requireDelay("jitter", jitter);
        requirePercent("lossPercent", lossPercent);
        requirePercent("reorderPercent", reorderPercent);
        requirePercent("duplicatePercent", duplicatePercent);
    }

    /** The same, with nothing or everything getting through. */
    public LinkRule withCut(boolean other) {
        return new LinkRule(other, delay, jitter, lossPercent, reorderPercent, duplicatePercent);
    }

    /** The same with another delay. */
    public LinkRule withDelay(Duration otherDelay, Duration otherJitter) {
        return new LinkRule(cut, otherDelay, otherJitter, lossPercent, reorderPercent, duplicatePercent);
    }

    /** The same with another loss. */
    public LinkRule withLoss(double percent) {
        return new LinkRule(cut, delay, jitter, percent, reorderPercent, duplicatePercent);
    }

    /** The same with other disorder. */
    public LinkRule withReorder(double percent) {
        return new LinkRule(cut, delay, jitter, lossPercent, percent, duplicatePercent);
    }

    /** The same with other doubling. */
    public LinkRule withDuplicate(double percent) {
        return new LinkRule(cut, delay, jitter, lossPercent, reorderPercent, percent);
    }

    private static void requireDelay(String name, Duration value) {
        if (value.isNegative() || value.compareTo(MAX_DELAY) > 0) {
            throw new IllegalArgumentException(name + " must be 0 to 1 minute, is " + value);
        }
    }

    private static void requirePercent(String name, double value) {
        if (!(value >= 0 && value <= 100)) {
            throw new IllegalArgumentException(name + " must be 0 to 100, is " + value);
        }
    }
}
