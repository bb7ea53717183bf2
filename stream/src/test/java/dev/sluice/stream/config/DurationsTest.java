// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {

    @ParameterizedTest
    @CsvSource({
        "250ms, PT0.25S, 250ms",
        "30s, PT30S, 30s",
        "5m, PT5M, 5m",
        "12h, PT12H, 12h",
        "1d, PT24H, 1d",
        "PT90S, PT90S, 90s",
        "60s, PT1M, 1m",
        "24h, PT24H, 1d",
        "0ms, PT0S, 0s",
        "PT0.0000005S, PT0.0000005S, PT0.0000005S",
        "PT9223372036854775.807S, PT9223372036854775.807S, 9223372036854775807ms",
        "9223372036854775807ms, PT9223372036854775.807S, 9223372036854775807ms",
    })
    void shouldReadBothFormsAndPrintTheShortOne(String text, Duration duration, String printed) {
        assertThat(Durations.parse(text)).isEqualTo(duration);
        assertThat(Durations.format(duration)).isEqualTo(printed);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "5",
                "s",
                "5 s",
                "-5s",
                "5S",
                "1.5s",
                "5w",
                "1h30m",
                "999999999999999d",
                "9223372036854775808ms",
                "PT9999999999999999H",
                "P",
                "soon"
            })
    void shouldRefuseWhatIsNoDuration(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Durations.parse(text));
    }

    @Property
    void shouldReadBackWhatItPrints(@ForAll @LongRange(min = 0) long millis) {
        Duration duration = Duration.ofMillis(millis % (1L << 50));

        assertThat(Durations.parse(Durations.format(duration))).isEqualTo(duration);
    }
}
