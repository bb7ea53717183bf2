// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.network;

import java.util.Random;
import java.util.concurrent.atomic.LongAdder;

/**
 * The way from one host to another: decides what becomes of each packet. The random numbers are the link's own, so that what happens on
 * it depends on its own packets only.
 */
final class Link {

    /** For a packet that does not arrive. */
    static final long LOST = -1;

    private final Random random;
    private final LongAdder passed = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private volatile LinkRule rule = LinkRule.CLEAR;

    Link(long seed) {
        this.random = new Random(seed);
    }

    LinkRule rule() {
        return rule;
    }

    void setRule(LinkRule other) {
        rule = other;
    }

    /** After how many nanoseconds a packet arrives; {@link #LOST} if never. */
    long decide() {
        LinkRule now = rule;
        if (now.cut() || happens(now.lossPercent())) {
            dropped.increment();
            return LOST;
        }
        passed.increment();
        long nanos = now.delay().toNanos();
        if (!now.jitter().isZero()) {
            nanos += (long) (random.nextDouble() * now.jitter().toNanos());
        }
        return happens(now.reorderPercent()) ? nanos + LinkRule.HELD_BACK.toNanos() : nanos;
    }

    /** Whether a packet that arrives does so twice. */
    boolean isDoubled() {
        return happens(rule.duplicatePercent());
    }

    private boolean happens(double percent) {
        return percent > 0 && random.nextDouble() * 100 < percent;
    }

    long passed() {
        return passed.sum();
    }

    long dropped() {
        return dropped.sum();
    }
}
