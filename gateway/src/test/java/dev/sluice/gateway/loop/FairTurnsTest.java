// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** In simulated time: work takes a nanosecond for each unit of its cost. */
class FairTurnsTest {

    private final CostlyLoop loop = new CostlyLoop();
    private final FairTurns turns = new FairTurns(loop, () -> {});
    private final Random random = new Random(3);

    /** A loop on which time passes only while something is done. */
    private static final class CostlyLoop implements EventLoop {
        private final Deque<Runnable> tasks = new ArrayDeque<>();
        private long nanos;

        @Override
        public void execute(Runnable task) {
            tasks.add(task);
        }

        @Override
        public void executeInNextTurn(Runnable task) {
            execute(task);
        }

        @Override
        public Runnable schedule(long delayMs, Runnable task) {
            throw new UnsupportedOperationException("turns need no timers");
        }

        @Override
        public long now() {
            return nanos / 1_000_000;
        }
    }

    /** Work of so many pieces. */
    private final class Job implements FairTurns.Work {
        private final String org;
        private final int piece;
        private final Runnable done;
        private int left;

        Job(String org, int pieces, int piece, Runnable done) {
            this.org = org;
            this.left = pieces;
            this.piece = piece;
            this.done = done;
        }

        @Override
        public String org() {
            return org;
        }

        @Override
        public int step() {
            left--;
            loop.nanos += piece;
            if (left == 0) {
                done.run();
            }
            return piece;
        }

        @Override
        public boolean hasMore() {
            return left > 0;
        }
    }

    private void runAll() {
        while (!loop.tasks.isEmpty()) {
            loop.tasks.remove().run();
        }
    }

    /**
     * The 99th percentile of the time from an event of a quiet org to its last session, in nanoseconds: a frame to each of 200 sessions, in
     * pieces as a session loop has them.
     */
    private long p99(int noisyOrgs, int piece) {
        List<Long> waits = new ArrayList<>();
        for (int org = 0; org < noisyOrgs; org++) {
            turns.submit(new Job("noisy" + org, 1_000_000, piece, () -> {}));
        }
        long next = 0;
        while (waits.size() < 2_000) {
            if (loop.nanos >= next || loop.tasks.isEmpty()) {
                loop.nanos = Math.max(loop.nanos, next);
                // It came while the loop was busy, and is seen when that is over.
                long came = next;
                turns.submit(new Job("quiet" + random.nextInt(10), 14, 64 << 10, () -> waits.add(loop.nanos - came)));
                next += 5_000_000 + random.nextInt(10_000_000);
            }
            loop.tasks.remove().run();
        }
        Collections.sort(waits);
        return waits.get(waits.size() * 99 / 100);
    }

    @Test
    void shouldKeepTheQuietWithinTwiceTheirNormalTimeHoweverManyOrgsFlood() {
        long alone = p99(0, 1);

        assertThat(new FairTurnsTest().p99(1, 64 << 10)).isLessThanOrEqualTo(2 * alone);
        assertThat(new FairTurnsTest().p99(1, 4 << 10)).isLessThanOrEqualTo(2 * alone);
    }

    @Test
    void shouldKeepTheQuietWaitingForATurnAndAPieceAtMostBeforeTheyBegin() {
        for (int noisy : new int[] {1, 20, 200}) {
            FairTurnsTest fresh = new FairTurnsTest();
            List<Long> begun = new ArrayList<>();
            for (int org = 0; org < noisy; org++) {
                fresh.turns.submit(fresh.new Job("noisy" + org, 10_000, 1 << 20, () -> {}));
            }
            // Until they have had their first turns and paid for them.
            for (int turn = 0; turn < 30 * noisy; turn++) {
                fresh.loop.tasks.remove().run();
            }
            for (int i = 0; i < 300; i++) {
                long came = fresh.loop.nanos;
                fresh.loop.tasks.remove().run();
                fresh.turns.submit(fresh.new Job("quiet" + i, 1, 5_000, () -> begun.add(fresh.loop.nanos - came)));
            }
            assertThat(begun).hasSizeGreaterThan(290).allMatch(wait -> wait <= FairTurns.TURN + (1 << 20) + 5_000);
        }
    }

    /** In how many nanoseconds an event gets to 11 000 sessions while each round of the loop lets in so many others. */
    private static long stormed(int comingEachRound, int owedForEach) {
        int entranceNanos = 128 << 10;
        FairTurnsTest fresh = new FairTurnsTest();
        List<Long> done = new ArrayList<>();
        fresh.turns.submit(fresh.new Job("org", 11_000 / 14, 64 << 10, () -> done.add(fresh.loop.nanos)));
        while (done.isEmpty()) {
            for (int i = 0; i < comingEachRound; i++) {
                fresh.loop.nanos += entranceNanos;
                if (owedForEach > 0) {
                    fresh.turns.owe(owedForEach);
                }
            }
            fresh.loop.tasks.remove().run();
        }
        return done.get(0);
    }

    @Test
    void shouldNotTakeMuchMoreThanTwiceAsLongWhileACrowdComesIn() {
        long alone = stormed(0, 0);

        assertThat(stormed(30, 128 << 10)).isLessThanOrEqualTo(5 * alone / 2);
        assertThat(stormed(30, 0)).as("the crowd is one").isGreaterThan(10 * alone);
    }

    @Test
    void shouldOweABoundedTurnAndOnlyOnce() {
        List<Long> begun = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            turns.owe(1 << 20);
        }
        turns.submit(new Job("org", 1_000, 64 << 10, () -> {}));
        for (int turn = 0; turn < 3; turn++) {
            long before = loop.nanos;
            loop.tasks.remove().run();
            begun.add(loop.nanos - before);
        }
        assertThat(begun).containsExactly((long) FairTurns.TURN + FairTurns.MOST_OWED, (long) FairTurns.TURN, (long)
                FairTurns.TURN);
    }

    @Property(tries = 50)
    void shouldGiveEveryOrgTheSameHoweverLargeItsPieces(
            @ForAll @Size(min = 2, max = 6) List<@IntRange(min = 1_000, max = 1 << 20) Integer> pieces) {
        Map<String, Long> spent = new HashMap<>();
        CostlyLoop other = new CostlyLoop();
        FairTurns fair = new FairTurns(other, () -> {});
        for (int i = 0; i < pieces.size(); i++) {
            int piece = pieces.get(i);
            // The more works an org has, the more it would get if they were served in turn.
            for (int work = 0; work <= i; work++) {
                fair.submit(new Counting("org" + i, piece, spent));
            }
        }
        for (int turn = 0; turn < 2_000; turn++) {
            other.tasks.remove().run();
        }
        long most = Collections.max(spent.values());
        long least = Collections.min(spent.values());

        assertThat(most - least).isLessThanOrEqualTo(2L * (FairTurns.QUANTUM + (1 << 20)));
    }

    /** Never ends. */
    private record Counting(String org, int piece, Map<String, Long> spent) implements FairTurns.Work {
        @Override
        public int step() {
            spent.merge(org, (long) piece, Long::sum);
            return piece;
        }

        @Override
        public boolean hasMore() {
            return true;
        }
    }

    @Test
    void shouldComeToRestAndRememberNobody() {
        List<String> done = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            String org = "org" + i % 7;
            turns.submit(new Job(org, 1 + i % 3, 100_000, () -> done.add(org)));
        }
        runAll();

        assertThat(done).hasSize(50);
        assertThat(turns).extracting("orgs").isEqualTo(Map.of());
        turns.submit(new Job("again", 1, 1, () -> done.add("again")));
        runAll();
        assertThat(done).endsWith("again");
    }
}
