// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.trace;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** By the examples and the rules of the standard. */
class TraceContextTest {

    private static final String SAMPLED = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    @Test
    void shouldReadAndWriteWhatTheStandardShows() {
        TraceContext context = TraceContext.parse(SAMPLED).orElseThrow();

        assertThat(context.traceId()).isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
        assertThat(context.spanId()).isEqualTo("00f067aa0ba902b7");
        assertThat(context.isSampled()).isTrue();
        assertThat(context).hasToString(SAMPLED);
        assertThat(SAMPLED).hasSize(TraceContext.LENGTH);
    }

    @ParameterizedTest
    @ValueSource(strings = {"00", "02", "fe"})
    void shouldTellFromTheFirstBitAloneThatNothingIsRecorded(String flags) {
        String text = SAMPLED.substring(0, 53) + flags;

        assertThat(TraceContext.parse(text))
                .hasValueSatisfying(context -> assertThat(context.isSampled()).isFalse());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-the-future-brings"
            })
    void shouldReadWhatItKnowsOfALaterVersion(String text) {
        assertThat(TraceContext.parse(text))
                .hasValueSatisfying(context -> assertThat(context).hasToString(SAMPLED));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                "true",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
                "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.more",
                "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
                "00_4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7_01",
                "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                "00-4bf92f3577b34da6a3ce929d0e0e47360-0f067aa0ba902b7-01"
            })
    void shouldTakeAnythingElseForNoTrace(String text) {
        assertThat(TraceContext.parse(text)).isEmpty();
    }
}
