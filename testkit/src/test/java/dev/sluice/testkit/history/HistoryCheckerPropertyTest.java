// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class HistoryCheckerPropertyTest {

    private static final int STEPS = 300;
    private static final int MOST_HISTORIES = 200;

    @Property(tries = 300)
    void shouldFindNothingWhenTheHistoryIsCorrect(@ForAll long seed) {
        Report report = HistoryChecker.check(history(RandomHistory.of(seed, STEPS, true)));

        assertThat(report.violations()).isEmpty();
        assertThat(report.isClean()).isTrue();
        assertThat(report.completenessJudged()).isTrue();
    }

    @Property(tries = 100)
    void shouldFindNothingWhenNothingIsLostAndNothingMayBe(@ForAll long seed) {
        Report report =
                HistoryChecker.check(history(RandomHistory.of(seed, STEPS, false)), HistoryChecker.Allowance.NO_LOSS);

        assertThat(report.violations()).isEmpty();
    }

    @Property(tries = 500)
    void shouldNameThePromiseWhenTheHistoryIsWrong(@ForAll Mutation mutation, @ForAll long seed) {
        Report report = HistoryChecker.check(history(mutated(mutation, seed)));

        assertThat(report.violationCounts()).containsKey(mutation.breaks());
        assertThat(report.violations())
                .filteredOn(violation -> violation.promise() == mutation.breaks())
                .allSatisfy(
                        violation -> assertThat(violation.around()).isNotEmpty().hasSizeLessThan(40));
    }

    /** The first history from the seed on that has a place for the mutation. */
    private static List<Entry> mutated(Mutation mutation, long seed) {
        for (int i = 0; i < MOST_HISTORIES; i++) {
            Optional<List<Entry>> changed = mutation.apply(RandomHistory.of(seed + i, STEPS, true), new Random(seed));
            if (changed.isPresent()) {
                return changed.get();
            }
        }
        throw new AssertionError("no place for " + mutation);
    }

    private static History history(List<Entry> entries) {
        History history = new History();
        entries.forEach(history::append);
        return history;
    }
}
