// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.replay.EventFrame;
import dev.sluice.gateway.replay.FrameEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReplayFramesTest {

    private final FrameEncoder encoder = new FrameEncoder(1_024, 6);
    private final ReplayFrames frames = new ReplayFrames();
    private final AtomicInteger encoded = new AtomicInteger();

    @AfterEach
    void free() {
        encoder.close();
    }

    @Test
    void shouldEncodeOnceForAllThatWantTheSame() {
        EventFrame first = get("e1", 5, 9);
        for (int i = 0; i < 1_000; i++) {
            assertThat(get("e1", 5, 9)).isSameAs(first);
        }
        assertThat(encoded).hasValue(1);
    }

    @Test
    void shouldNotMixUpEpochsCursorsAndFences() {
        EventFrame first = get("e1", 5, 9);
        assertThat(get("e2", 5, 9)).isNotSameAs(first);
        assertThat(get("e1", 6, 9)).isNotSameAs(first);
        assertThat(get("e1", 5, 10)).isNotSameAs(first);
        assertThat(encoded).hasValue(4);
    }

    @Test
    void shouldAskAgainWhenTheEventsWereGone() {
        assertThat(frames.get("e1", 5, 9, () -> null)).isNull();
        assertThat(get("e1", 5, 9)).isNotNull();
    }

    @Test
    void shouldHoldAFewOnly() {
        EventFrame first = get("e1", 0, 99);
        for (int cursor = 1; cursor <= 16; cursor++) {
            get("e1", cursor, 99);
        }
        assertThat(get("e1", 0, 99)).isNotSameAs(first);
    }

    @Test
    void shouldForgetWhenCleared() {
        EventFrame first = get("e1", 5, 9);
        frames.clear();
        assertThat(get("e1", 5, 9)).isNotSameAs(first);
    }

    private EventFrame get(String epoch, long cursor, long fence) {
        return frames.get(epoch, cursor, fence, () -> {
            encoded.incrementAndGet();
            return encoder.encode(
                    "finance", epoch, cursor + 1, List.of("{}".getBytes(StandardCharsets.UTF_8)), 1, true, false);
        });
    }
}
