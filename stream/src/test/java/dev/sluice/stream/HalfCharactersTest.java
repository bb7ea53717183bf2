// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * JSON can escape half of a surrogate pair; UTF-8 cannot write it. Two orgs that differ in such a half only would be one on the bus
 * (P7), two ids would have one fingerprint (P5, and the second event would be lost).
 */
class HalfCharactersTest {

    @ParameterizedTest
    @ValueSource(strings = {"id", "source", "type", "org"})
    void shouldRefuseWhenAnAttributeThatCountsHasHalfACharacter(String attribute) {
        String json =
                "{\"specversion\":\"1.0\",\"id\":\"i\",\"source\":\"s\",\"type\":\"t\",\"org\":\"o\",\"service\":\"x\"}";
        String half = json.replaceFirst("(\"" + attribute + "\":\")", "$1\\\\ud83d");

        assertThatThrownBy(() -> EventParser.parse(half.getBytes(UTF_8)))
                .isInstanceOfSatisfying(InvalidEventException.class, refusal -> assertThat(refusal.attribute())
                        .isEqualTo(attribute));
    }

    @Test
    void shouldKeepBothHalvesWhenTheyStandTogether() {
        assertThat(new StreamKey("\uD83D\uDE00", "finance").org()).hasSize(2);
        assertThat(StreamKey.isOrg("\uDE00\uD83D")).isFalse();
    }
}
