// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.loop;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Shares an event loop between orgs: work is done in small pieces, the orgs in turn by deficit round robin over what the pieces cost,
 * and after {@value #TURN} of cost the loop is given back to sockets, timers and messages before it goes on. So an org that floods
 * holds the loop for one turn at a time, and others' work comes in between. Confined to the loop.
 *
 * <p>An org that had no work comes before those that have had their turn, and may overdraw then by {@value #CREDIT}: so who publishes
 * now and then waits for one turn only, however many orgs flood (as new flows do in RFC 8290, section 4.1). What it overdrew it pays off
 * in the rounds to come, so that coming and going gains nothing.
 *
 * <p>What else is done on the loop between two turns and takes long is {@link #owe owed} to the next one: a crowd that comes in would
 * otherwise stretch each of the many turns that an event to many sessions takes.
 *
 * <p>Costs are bytes that are copied or written, so that {@value #TURN} take some hundreds of microseconds; what takes longer costs more.
 */
public final class FairTurns {

    /** What a turn may cost; the last piece may go over it. */
    public static final int TURN = 256 << 10;

    /** How much longer a turn may be for what is owed: some milliseconds, for which sockets wait then. */
    public static final int MOST_OWED = 4 << 20;

    /** What an org may do before it is another's turn. */
    public static final int QUANTUM = 128 << 10;

    /** What an org may do over that when it comes new: a small event to some hundred sessions. */
    public static final int CREDIT = 1 << 20;

    /** Something that is done piece by piece. Compared by identity; may be submitted again at any time. */
    public interface Work {

        /** Who it is done for. */
        String org();

        /**
         * Does a piece. Must not throw; what fails is the work's own to end.
         *
         * @return what it cost, at least 1
         */
        int step();

        /** Whether there is more to do. If not, it is done when it is submitted again. */
        boolean hasMore();
    }

    private final EventLoop loop;
    private final Runnable endOfTurn;
    private final Map<String, OrgWork> orgs = new HashMap<>();
    private final Deque<OrgWork> newcomers = new ArrayDeque<>();
    private final Deque<OrgWork> turns = new ArrayDeque<>();
    private final Runnable turn = this::turn;
    private boolean scheduled;
    private int owed;

    private static final class OrgWork {
        private final String org;
        private final Deque<Work> works = new ArrayDeque<>();
        private long deficit = QUANTUM;

        OrgWork(String org) {
            this.org = org;
        }
    }

    /**
     * No work yet.
     *
     * @param endOfTurn called after each turn in which something was done
     */
    public FairTurns(EventLoop loop, Runnable endOfTurn) {
        this.loop = loop;
        this.endOfTurn = endOfTurn;
    }

    /** Has the work done, beginning in a turn of its own. The caller sees to it that no work is submitted twice at a time. */
    public void submit(Work work) {
        String org = work.org();
        OrgWork of = orgs.get(org);
        if (of == null) {
            of = new OrgWork(org);
            orgs.put(org, of);
            newcomers.add(of);
        }
        of.works.add(work);
        if (!scheduled) {
            scheduled = true;
            loop.execute(turn);
        }
    }

    /**
     * Tells of something that was done on the loop, but not in a turn: the next turn may cost as much more, at most {@link #MOST_OWED}
     * for all together.
     *
     * @param cost at least 1, and at most {@link #MOST_OWED}
     */
    public void owe(int cost) {
        owed = Math.min(MOST_OWED, owed + cost);
    }

    private void turn() {
        long left = (long) TURN + owed;
        owed = 0;
        while (left > 0 && !(newcomers.isEmpty() && turns.isEmpty())) {
            boolean isNew = !newcomers.isEmpty();
            OrgWork of = isNew ? newcomers.peek() : turns.peek();
            int floor = isNew ? -CREDIT : 0;
            while (left > 0 && of.deficit > floor && !of.works.isEmpty()) {
                long cost = step(of);
                of.deficit -= cost;
                left -= cost;
            }
            if (of.deficit <= floor || of.works.isEmpty()) {
                pass(of, isNew);
            }
        }
        endOfTurn.run();
        scheduled = !orgs.isEmpty();
        if (scheduled) {
            loop.executeInNextTurn(turn);
        }
    }

    /** One piece of the org's first work, which then goes behind its others. */
    private static long step(OrgWork of) {
        Work work = of.works.remove();
        int cost = work.step();
        if (work.hasMore()) {
            of.works.add(work);
        }
        return cost;
    }

    private void pass(OrgWork of, boolean wasNew) {
        // Whoever came new while it was worked on stands behind it.
        (wasNew ? newcomers : turns).remove();
        if (wasNew || !of.works.isEmpty() || of.deficit < 0) {
            of.deficit = Math.min(QUANTUM, of.deficit + QUANTUM);
            turns.add(of);
        } else {
            orgs.remove(of.org);
        }
    }
}
