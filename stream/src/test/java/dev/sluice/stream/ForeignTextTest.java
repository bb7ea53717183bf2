// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ForeignTextTest {

    @ParameterizedTest
    @CsvSource({
        "abc, 3, abc",
        "abcd, 3, abc…",
        "'', 0, ''",
        "a, 0, …",
        "a\uD83D\uDE00, 3, a\uD83D\uDE00",
        "a\uD83D\uDE00b, 2, a…",
        "a\uD83D\uDE00b, 3, a\uD83D\uDE00…",
        "a\uD83D, 9, a\uFFFD",
        "\uDE00\uD83Dx, 9, \uFFFD\uFFFDx",
        "\uDE00b, 1, \uFFFD…"
    })
    void shouldCutBetweenCharactersWhenTheTextIsLong(String text, int maxLength, String excerpt) {
        assertThat(ForeignText.excerpt(text, maxLength)).isEqualTo(excerpt);
    }

    @ParameterizedTest
    @CsvSource({"abc, true", "'', true", "\uD83D\uDE00, true", "\uD83D, false", "\uDE00\uD83D, false", "a\uDE00, false"
    })
    void shouldKnowHalvesWhenTheyStandAlone(String text, boolean wellFormed) {
        assertThat(ForeignText.isWellFormed(text)).isEqualTo(wellFormed);
    }
}
