// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The names of PROTOCOL section 1, held against the expressions that it gives. */
class NamesTest {

    private static final Pattern SERVICE = Pattern.compile("[a-z][a-z0-9-]{0,62}");
    private static final Pattern EPOCH = Pattern.compile("[A-Za-z0-9]{1,16}");
    /** Those at the edges of every range, and some that look like one of them. */
    private static final String CHARACTERS = "azAZ09-`{@[/:._ \n\u0000\u007f\u0080é０ａа";

    @Test
    void shouldTakeTheNamesThatTheProtocolsExpressionsTake() {
        Random random = new Random(7);
        for (int i = 0; i < 200_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(4); length > 0; length--) {
                text.append(CHARACTERS.charAt(random.nextInt(CHARACTERS.length())));
            }
            String name = text.toString();
            assertThat(StreamKey.isService(name))
                    .as(name)
                    .isEqualTo(SERVICE.matcher(name).matches());
            assertThat(Position.isEpoch(name))
                    .as(name)
                    .isEqualTo(EPOCH.matcher(name).matches());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 15, 16, 17, 62, 63, 64, 128})
    void shouldTakeNamesOfTheLengthsThatTheProtocolsExpressionsTake(int length) {
        String name = "a".repeat(length);

        assertThat(StreamKey.isService(name)).isEqualTo(SERVICE.matcher(name).matches());
        assertThat(Position.isEpoch(name)).isEqualTo(EPOCH.matcher(name).matches());
        assertThat(StreamKey.isOrg(name)).isTrue();
    }

    @Test
    void shouldTakeNothingForNoName() {
        assertThat(StreamKey.isService(null)).isFalse();
        assertThat(Position.isEpoch(null)).isFalse();
        assertThat(StreamKey.isOrg(null)).isFalse();
        assertThat(StreamKey.isOrg("")).isFalse();
        assertThat(StreamKey.isOrg("a".repeat(129))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\u0000b",
                "\u001f",
                "\u007f",
                "a\u009f",
                "a\nb",
                "\ud800",
                "a\udc00",
                "\udc00\ud800",
                "\udc00\udc01"
            })
    void shouldRefuseAnOrgWithControlCharactersOrHalfACharacter(String org) {
        assertThat(StreamKey.isOrg(org)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"42", " ", "é", "\u00a0", "😀", "a😀b", "漢字"})
    void shouldTakeAnOrgOfAnyOtherCharacters(String org) {
        assertThat(StreamKey.isOrg(org)).isTrue();
    }
}
