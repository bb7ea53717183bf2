// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class DeparturesTest {

    private static final long AFTERMATH = Departures.AFTERMATH.toNanos();
    private static final UUID A = new UUID(0, 1);
    private static final UUID B = new UUID(0, 2);
    private static final UUID C = new UUID(0, 3);

    private long now = 5_000;
    private int version = 3;
    private Set<UUID> members = Set.of(A, B);
    private final Departures departures = new Departures(() -> version, () -> members, () -> now);

    @Test
    void shouldTrustAnswersAsLongAsNobodyLeaves() {
        long begun = departures.begin();
        assertThat(departures.nobodyLeftSince(begun)).isTrue();
        become(Set.of(A, B, C));
        assertThat(departures.nobodyLeftSince(begun)).as("somebody came").isTrue();
    }

    @Test
    void shouldTrustNoAnswerToWhatWasUnderWay() {
        long begun = departures.begin();
        now += 100 * AFTERMATH;
        become(Set.of(A));
        assertThat(departures.nobodyLeftSince(begun)).isFalse();
        now += 100 * AFTERMATH;
        assertThat(departures.nobodyLeftSince(begun)).isFalse();
    }

    @Test
    void shouldTrustNoAnswerToWhatBeganShortlyAfter() {
        become(Set.of(A));
        long begun = departures.begin();
        now += AFTERMATH - 1;
        assertThat(departures.nobodyLeftSince(begun)).isFalse();
        assertThat(departures.nobodyLeftSince(departures.begin())).isFalse();
        assertThat(departures.millisUntilQuiet()).isEqualTo(1);
        now += 1;
        assertThat(departures.nobodyLeftSince(departures.begin())).isTrue();
    }

    @Test
    void shouldSayHowLongToWait() {
        become(Set.of(A));
        departures.begin();
        assertThat(departures.millisUntilQuiet()).isEqualTo(Departures.AFTERMATH.toMillis() + 1);
    }

    @Test
    void shouldNoticeThatOneLeftAndAnotherCame() {
        long begun = departures.begin();
        become(Set.of(A, C));
        assertThat(departures.nobodyLeftSince(begun)).isFalse();
    }

    private void become(Set<UUID> newMembers) {
        members = newMembers;
        version++;
    }
}
