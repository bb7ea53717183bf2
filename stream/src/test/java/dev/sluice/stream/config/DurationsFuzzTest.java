// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.sluice.stream.fuzz.Cost;
import java.time.Duration;

class DurationsFuzzTest {

    @FuzzTest
    void duration(byte[] utf8) {
        String text = new String(utf8, UTF_8);
        Duration duration;
        try {
            duration = Cost.bounded(utf8.length, () -> Durations.parse(text));
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageContaining(text);
            return;
        }
        assertThat(Duration.ofMillis(duration.toMillis()).minus(duration).abs()).isLessThan(Duration.ofMillis(1));
        assertThat(Durations.parse(Durations.format(duration))).isEqualTo(duration);
    }
}
