// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.Charset;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is not plain UTF-8 would break the frame of every browser that gets it. */
class EventParserEncodingTest {

    private static final String EVENT = "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/a\",\"type\":\"t\","
            + "\"org\":\"acme\",\"service\":\"finance\",\"data\":{\"n\":\"Zo\u00eb \u4f60\u597d \uD83D\uDE00\"}}";

    static Stream<Arguments> foreignEncodings() {
        return Stream.of(
                Arguments.of("UTF-16, little end first", EVENT, UTF_16LE),
                Arguments.of("UTF-16, big end first", EVENT, UTF_16BE),
                Arguments.of("UTF-16 of ASCII only", EVENT.replaceAll("[^\\x00-\\x7f]", "x"), UTF_16LE),
                Arguments.of(
                        "UTF-32 of ASCII only", EVENT.replaceAll("[^\\x00-\\x7f]", "x"), Charset.forName("UTF-32")),
                Arguments.of("UTF-8 behind a byte order mark", "\uFEFF" + EVENT, UTF_8));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("foreignEncodings")
    void shouldRefuseWhenTheBytesAreNotPlainUtf8(String name, String json, Charset charset) {
        assertThatThrownBy(() -> EventParser.parse(json.getBytes(charset))).isInstanceOf(InvalidEventException.class);
    }

    @Test
    void shouldKeepTheBytesWhenTheyAreUtf8() {
        byte[] bytes = EVENT.getBytes(UTF_8);

        assertThat(EventParser.parse(bytes).json()).isSameAs(bytes);
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"x", "\u00eb"})
    void shouldReadNothingOfTheEventBeforeIt(String character) {
        String event = EVENT.replaceAll("[^\\x00-\\x7f]", character);
        String cut = event.substring(0, event.length() - 1);

        assertThat(EventParser.parse(event.getBytes(UTF_8)).json()).hasSizeGreaterThan(cut.length());
        assertThatThrownBy(() -> EventParser.parse(cut.getBytes(UTF_8)))
                .as("what is missing stood in the one before, on the same thread")
                .isInstanceOf(InvalidEventException.class);
    }
}
