// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.census;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TallyTest {

    private static final UUID A = new UUID(0, 1);
    private static final UUID B = new UUID(0, 2);
    private static final UUID NOBODY = new UUID(0, 3);

    private final Tally tally = new Tally();

    @Test
    void shouldAddUpTheOthers() {
        tally.put(A, 1, 2);
        tally.put(B, 1, 3);
        assertThat(tally.countWithout(A)).isEqualTo(3);
        assertThat(tally.countWithout(NOBODY)).isEqualTo(5);
    }

    @Test
    void shouldLetTheLaterReportStandWhenTheyOvertakeEachOther() {
        tally.put(A, 2, 7);
        tally.put(A, 1, 1);
        assertThat(tally.countWithout(NOBODY)).isEqualTo(7);
        tally.put(A, 3, 0);
        assertThat(tally.isEmpty()).isTrue();
    }

    @Test
    void shouldTellWhetherAReportIsNews() {
        assertThat(tally.put(A, 1, 2)).isTrue();
        assertThat(tally.put(A, 2, 2)).isFalse();
        assertThat(tally.put(A, 3, 1)).isTrue();
        assertThat(tally.put(A, 2, 5)).as("an older one").isFalse();
        assertThat(tally.keepOnly(Set.of(A))).isFalse();
        assertThat(tally.keepOnly(Set.of(B))).isTrue();
    }

    @Test
    void shouldForgetTheDead() {
        tally.put(A, 1, 2);
        tally.put(B, 1, 3);
        tally.keepOnly(Set.of(B));
        assertThat(tally.countWithout(NOBODY)).isEqualTo(3);
    }
}
