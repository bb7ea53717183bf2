// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.replay.Resume;
import dev.sluice.stream.Cursor;
import dev.sluice.stream.Position;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The stream is at e1:20, of which the log holds 6 to 20. */
class PassageTest {

    private static Passage passage(Cursor asked) {
        return new Passage(1_000, asked, "e1", Resume.decide(asked, "e1", 6, 20));
    }

    private static Cursor cursor(String text) {
        return switch (text) {
            case "latest" -> Cursor.LATEST;
            case "earliest" -> new Cursor.Earliest();
            default -> {
                String[] parts = text.split(":", 2);
                yield Cursor.at(parts[0], Long.parseLong(parts[1]));
            }
        };
    }

    @ParameterizedTest(name = "began with {0}, has come to {2}: {1} is {3}")
    @CsvSource({
        "latest, 20, 30, BEGAN_LATER, latest",
        "latest, 21, 30, DELIVERED, latest",
        "latest, 30, 30, DELIVERED, latest",
        "latest, 31, 30, BEHIND, latest",
        "earliest, 5, 30, BEGAN_LATER, earliest",
        "earliest, 6, 30, DELIVERED, earliest",
        "e1:12, 12, 30, HAD_BEFORE, resumed",
        "e1:12, 13, 30, DELIVERED, resumed",
        "e1:12, 13, 12, BEHIND, resumed",
        "e1:20, 20, 20, HAD_BEFORE, resumed",
        "e1:4, 20, 30, BEGAN_LATER, expired",
        "e1:4, 21, 30, DELIVERED, expired",
        "e9:12, 12, 30, BEGAN_LATER, epoch_changed",
        "e1:21, 20, 30, BEGAN_LATER, unknown_position",
    })
    void shouldSayWhatBecameOfAnEvent(String asked, long seq, long at, Fate fate, String beginning) {
        Passage passage = passage(cursor(asked));

        assertThat(passage.fate(new Position("e1", seq), new Position("e1", at)))
                .isEqualTo(fate);
        assertThat(passage.beginning()).isEqualTo(beginning);
        assertThat(passage.since()).isEqualTo(1_000);
    }

    @ParameterizedTest
    @CsvSource({"24, DELIVERED", "25, GAP", "28, GAP", "29, DELIVERED", "31, BEHIND"})
    void shouldTellWhatWasLeftOut(long seq, Fate fate) {
        Passage passage = passage(Cursor.LATEST);
        passage.gap(25, 28);

        assertThat(passage.fate(new Position("e1", seq), new Position("e1", 30)))
                .isEqualTo(fate);
    }

    @Test
    void shouldNotCallDeliveredWhatMayHaveBeenInAGapThatIsForgotten() {
        Passage passage = passage(Cursor.LATEST);
        for (int i = 0; i <= Passage.MAX_GAPS; i++) {
            passage.gap(100L * (i + 1), 100L * (i + 1) + 9);
        }
        Position cursor = new Position("e1", 2_000);

        assertThat(passage.fate(new Position("e1", 105), cursor)).isEqualTo(Fate.UNKNOWN);
        assertThat(passage.fate(new Position("e1", 30), cursor)).isEqualTo(Fate.UNKNOWN);
        assertThat(passage.fate(new Position("e1", 110), cursor)).isEqualTo(Fate.DELIVERED);
        assertThat(passage.fate(new Position("e1", 205), cursor)).isEqualTo(Fate.GAP);
        assertThat(passage.fate(new Position("e1", 20), cursor)).isEqualTo(Fate.BEGAN_LATER);
    }

    @Test
    void shouldBeginAgainWithAnotherEpoch() {
        Passage passage = passage(cursor("e1:12"));
        passage.gap(25, 28);
        assertThat(passage.fate(new Position("e2", 3), new Position("e1", 30))).isEqualTo(Fate.BEHIND);

        passage.epochChanged(new Position("e2", 2));

        Position cursor = new Position("e2", 26);
        assertThat(passage.fate(new Position("e2", 2), cursor)).isEqualTo(Fate.BEGAN_LATER);
        assertThat(passage.beginning()).isEqualTo("epoch_changed");
        assertThat(passage.fate(new Position("e2", 25), cursor))
                .as("the gap was of the other epoch")
                .isEqualTo(Fate.DELIVERED);
    }
}
