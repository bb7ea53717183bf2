// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.history.Report;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class ScheduleRunTest {

    private static final int SCHEDULES = 300;
    private static final int SABOTAGED = 30;

    @Test
    void everyScheduleKeepsEveryPromise() {
        long deliveries = 0;
        long resumedElsewhere = 0;
        long faults = 0;
        for (long seed = 1; seed <= SCHEDULES; seed++) {
            ScheduleRun run = new ScheduleRun(seed);
            Report report = run.run();
            assertThat(report.isClean()).as(() -> report.print(null)).isTrue();
            assertThat(report.completenessJudged()).isTrue();
            assertThat(report.count("subscribersAttachedAtEnd"))
                    .as("clients that are back in the end, seed %d", seed)
                    .isEqualTo(ScheduleRun.CLIENTS);
            deliveries += report.count("deliveries");
            resumedElsewhere += report.count("resumedOnAnotherNode");
            faults += run.faults();
        }
        // A simulation in which nothing happens would be clean, too.
        assertThat(deliveries).isGreaterThan(100L * SCHEDULES);
        assertThat(resumedElsewhere).isGreaterThan(SCHEDULES);
        assertThat(faults).isGreaterThan(5L * SCHEDULES);
    }

    @Test
    void theSameSeedMakesTheSameHistory() {
        for (long seed = 1; seed <= 5; seed++) {
            ScheduleRun first = new ScheduleRun(seed);
            ScheduleRun second = new ScheduleRun(seed);
            first.run();
            second.run();
            assertThat(second.entries()).isEqualTo(first.entries());
        }
        ScheduleRun another = new ScheduleRun(6);
        another.run();
        ScheduleRun one = new ScheduleRun(1);
        one.run();
        assertThat(another.entries()).isNotEqualTo(one.entries());
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
    void whatIsBrokenIsFound(Sabotage sabotage) {
        boolean found = false;
        for (long seed = 1; seed <= SABOTAGED && !found; seed++) {
            Report report = new ScheduleRun(seed, sabotage).run();
            found = report.violationCounts().containsKey(sabotage.broken());
        }
        // The same seeds are clean without the sabotage, says the test above.
        assertThat(found)
                .as("%s is broken in one of %d schedules", sabotage.broken(), SABOTAGED)
                .isTrue();
    }
}
