// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MessageRateTest {

    @Test
    void shouldGiveTheBurstAndThenTheRate() {
        MessageRate rate = new MessageRate(10, 5, 1_000);
        assertThat(taken(rate, 20, 1_000)).isEqualTo(5);
        assertThat(taken(rate, 20, 1_099)).isZero();
        assertThat(taken(rate, 20, 1_100)).isEqualTo(1);
        assertThat(taken(rate, 20, 1_300)).isEqualTo(2);
    }

    @Test
    void shouldSaveNoMoreThanTheBurst() {
        MessageRate rate = new MessageRate(10, 5, 0);
        assertThat(taken(rate, 20, 1_000_000)).isEqualTo(5);
    }

    @Test
    void shouldGiveNothingAwayWhenTheClockStepsBack() {
        MessageRate rate = new MessageRate(10, 1, 10_000);
        assertThat(rate.take(10_000)).isTrue();
        assertThat(rate.take(5_000)).isFalse();
        assertThat(rate.take(5_099)).isFalse();
        assertThat(rate.take(5_100)).as("from there it counts on").isTrue();
    }

    @Test
    void shouldAskToComeBackWhenHalfTheBurstIsThereAgain() {
        MessageRate rate = new MessageRate(50, 100, 0);
        assertThat(taken(rate, 200, 0)).isEqualTo(100);
        assertThat(rate.retryAfterMs()).isEqualTo(1_000);
        assertThat(taken(rate, 200, rate.retryAfterMs())).isEqualTo(50);
        assertThat(new MessageRate(3, 1, 0).retryAfterMs()).isEqualTo(167);
    }

    private static int taken(MessageRate rate, int tries, long now) {
        int taken = 0;
        for (int i = 0; i < tries; i++) {
            taken += rate.take(now) ? 1 : 0;
        }
        return taken;
    }
}
