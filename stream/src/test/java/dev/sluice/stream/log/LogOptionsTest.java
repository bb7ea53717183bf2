// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogOptionsTest {

    @Test
    void shouldTranslateToLimitsWhenDefault() {
        assertThat(LogOptions.defaults().shards()).isEqualTo(32);
        assertThat(LogOptions.defaults().sweepInterval()).isEqualTo(Duration.ofMinutes(1));
        assertThat(LogOptions.defaults().limits())
                .isEqualTo(new Limits(1_000, 300_000, 86_400_000, 300_000, 4_096, 32 << 20, 64));
    }

    @ParameterizedTest
    @CsvSource({
        "log.shards,                    0,   1000,   PT5M, P1D,   PT5M, 4096,  33554432,  64,     PT60S",
        "log.shards,                    272, 1000,   PT5M, P1D,   PT5M, 4096,  33554432,  64,     PT60S",
        "log.maxEvents,                 32,  0,      PT5M, P1D,   PT5M, 4096,  33554432,  64,     PT60S",
        "log.maxEvents,                 32,  100001, PT5M, P1D,   PT5M, 4096,  33554432,  64,     PT60S",
        "log.maxAge,                    32,  1000,   PT0S, P1D,   PT5M, 4096,  33554432,  64,     PT60S",
        "log.maxAge,                    32,  1000,   ,     P1D,   PT5M, 4096,  33554432,  64,     PT60S",
        "log.forgetAfter,               32,  1000,   PT5M, PT4M,  PT1M, 4096,  33554432,  64,     PT60S",
        "log.forgetAfter,               32,  1000,   PT1M, PT4M,  PT5M, 4096,  33554432,  64,     PT60S",
        "log.forgetAfter,               32,  1000,   PT5M, P31D,  PT5M, 4096,  33554432,  64,     PT60S",
        "log.dedupWindow,               32,  1000,   PT5M, P1D,   P2D,  4096,  33554432,  64,     PT60S",
        "log.dedupMaxIds,               32,  1000,   PT5M, P1D,   PT5M, 0,     33554432,  64,     PT60S",
        "log.dedupMaxIds,               32,  1000,   PT5M, P1D,   PT5M, 65537, 33554432,  64,     PT60S",
        "log.maxShardBytes,             32,  1000,   PT5M, P1D,   PT5M, 4096,  4194303,   64,     PT60S",
        "log.maxShardBytes,             32,  1000,   PT5M, P1D,   PT5M, 4096,  268435457, 64,     PT60S",
        "log.maxStreamsPerOrgPerShard,  32,  1000,   PT5M, P1D,   PT5M, 4096,  33554432,  0,      PT60S",
        "log.maxStreamsPerOrgPerShard,  32,  1000,   PT5M, P1D,   PT5M, 4096,  33554432,  100001, PT60S",
        "log.sweepInterval,             32,  1000,   PT5M, P1D,   PT5M, 4096,  33554432,  64,     PT0.5S",
        "log.sweepInterval,             32,  1000,   PT5M, P1D,   PT5M, 4096,  33554432,  64,     PT61M",
    })
    void shouldNameTheKeyWhenAValueIsOutOfBounds(
            String key,
            int shards,
            int maxEvents,
            Duration maxAge,
            Duration forgetAfter,
            Duration dedupWindow,
            int dedupMaxIds,
            long maxShardBytes,
            int maxStreams,
            Duration sweepInterval) {
        assertThatThrownBy(() -> new LogOptions(
                        shards,
                        maxEvents,
                        maxAge,
                        forgetAfter,
                        dedupWindow,
                        dedupMaxIds,
                        maxShardBytes,
                        maxStreams,
                        sweepInterval))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(key + " must be ");
    }
}
