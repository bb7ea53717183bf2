// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.replay.ReplayBuffer;
import org.junit.jupiter.api.Test;

class StreamRateTest {

    private static final ReplayBuffer.Limits LIMITS = new ReplayBuffer.Limits(10, 10_000, 10_000);

    private final StreamRate rate = new StreamRate();

    private static ReplayBuffer at(String epoch, long head) {
        return new ReplayBuffer(epoch, head, LIMITS);
    }

    @Test
    void shouldMeasureFromTickToTick() {
        rate.tick(at("e", 1_000), 10_000);
        assertThat(rate.eventsPerSecond()).as("of one look there is none").isZero();
        rate.tick(at("e", 1_300), 12_000);
        assertThat(rate.eventsPerSecond()).isEqualTo(150);
        rate.tick(at("e", 1_300), 13_000);
        assertThat(rate.eventsPerSecond()).isZero();
    }

    @Test
    void shouldBeginAnewWithTheEpoch() {
        rate.tick(at("e", 1_000), 10_000);
        rate.tick(at("f", 5), 11_000);
        assertThat(rate.eventsPerSecond()).isZero();
        rate.tick(at("f", 7), 12_000);
        assertThat(rate.eventsPerSecond()).isEqualTo(2);
    }

    @Test
    void shouldHaveNoneWhileTheStreamIsBeingOpened() {
        rate.tick(null, 10_000);
        assertThat(rate.eventsPerSecond()).isZero();
    }
}
