// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher;

import java.util.HashMap;
import java.util.Map;
import java.util.function.ObjLongConsumer;

/**
 * A bounded amount that orgs take from and give back to. An org that holds something is given no more than its share, and no more than
 * is left for all others: so one org alone can fill half of the whole at most, two a third each, and whoever comes next finds room.
 * Not thread-safe; remembers only orgs that hold something.
 */
public final class OrgShares {

    /** What became of a request. */
    public enum Outcome {
        /** It is the org's until it gives it back. */
        TAKEN,
        /** The org has too much already; others may still get some. */
        ORG_FULL,
        /** There is not so much left for anybody. */
        FULL
    }

    private static final class Held {
        private long amount;
    }

    private final long whole;
    private final long share;
    private final Map<String, Held> orgs = new HashMap<>();
    private long taken;
    private int orgsAtHalf;
    private int orgsAtQuarter;

    /**
     * Nothing is taken yet.
     *
     * @param whole the most that all may hold together
     * @param share the most that one may hold
     */
    public OrgShares(long whole, long share) {
        this.whole = whole;
        this.share = share;
    }

    /** The same bounds with nothing taken. */
    OrgShares emptied() {
        return new OrgShares(whole, share);
    }

    /** What taking so much would come to, without taking it. */
    public Outcome check(String org, long amount) {
        if (taken + amount > whole) {
            return Outcome.FULL;
        }
        long held = held(org);
        // Who holds nothing is not asked to leave room: what is larger than half of the whole would never be taken.
        long limit = held == 0 ? share : Math.min(share, whole - taken);
        return held + amount > limit ? Outcome.ORG_FULL : Outcome.TAKEN;
    }

    /** Takes it; to be {@linkplain #check checked} before. */
    public void take(String org, long amount) {
        if (amount > 0) {
            change(orgs.computeIfAbsent(org, unknown -> new Held()), amount);
        }
    }

    /** Gives back what was taken. */
    public void giveBack(String org, long amount) {
        if (amount > 0) {
            Held held = orgs.get(org);
            change(held, -amount);
            if (held.amount == 0) {
                orgs.remove(org);
            }
        }
    }

    private void change(Held held, long amount) {
        long before = held.amount;
        held.amount += amount;
        taken += amount;
        orgsAtHalf += crossing(before, held.amount, half());
        orgsAtQuarter += crossing(before, held.amount, quarter());
    }

    private static int crossing(long before, long after, long mark) {
        return Boolean.compare(after >= mark, before >= mark);
    }

    private long half() {
        return Math.max(1, share / 2);
    }

    private long quarter() {
        return Math.max(1, share / 4);
    }

    /** How much the org holds. */
    public long held(String org) {
        Held held = orgs.get(org);
        return held == null ? 0 : held.amount;
    }

    /** Tells what each org holds. */
    void forEach(ObjLongConsumer<String> holder) {
        orgs.forEach((org, held) -> holder.accept(org, held.amount));
    }

    /** How much all hold together. */
    public long taken() {
        return taken;
    }

    /** Whether half of the whole is taken, or some org has half of its share. */
    boolean isHalfFull() {
        return taken >= Math.max(1, whole / 2) || orgsAtHalf > 0;
    }

    /** Whether less than a quarter of the whole is taken, and by no org a quarter of its share. */
    boolean isDrained() {
        return taken < Math.max(1, whole / 4) && orgsAtQuarter == 0;
    }

    /** Whether the org has half of what it may have now. What others hold alone does not fill it. */
    boolean isHalfFull(String org) {
        long held = held(org);
        return held > 0 && held >= Math.min(half(), (whole - taken) / 2);
    }

    /** Whether the org has less than a quarter of what it may have now. */
    boolean isDrained(String org) {
        long held = held(org);
        return held == 0 || held < Math.min(quarter(), (whole - taken) / 4);
    }
}
