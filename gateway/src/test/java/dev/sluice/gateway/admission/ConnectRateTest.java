// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ConnectRateTest {

    private static final int PER_SECOND = 100;
    private static final int BURST = 200;

    private final AdmissionOptions options = options();
    private final ConnectRate rate = new ConnectRate(options, new Random(1), 0);

    private static AdmissionOptions options() {
        AdmissionOptions d = AdmissionOptions.defaults();
        return new AdmissionOptions(
                PER_SECOND, BURST, d.maxUnauthenticated(), d.headTimeout(), d.idleTimeout(), d.trustedProxies());
    }

    @Test
    void shouldTakeConnectionsAtTheRateOfNow() {
        AdmissionOptions d = options;
        rate.change(new AdmissionOptions(
                1_000, 3, d.maxUnauthenticated(), d.headTimeout(), d.idleTimeout(), d.trustedProxies()));
        for (int i = 0; i < 3; i++) {
            assertThat(rate.take(0)).isEmpty();
        }
        assertThat(rate.take(0)).as("the burst is smaller").isPresent();
        assertThat(rate.take(1)).as("one in a millisecond").isEmpty();
        assertThat(rate.take(1)).isPresent();
    }

    @Test
    void shouldSpreadACrowdOverTheTimeItNeeds() {
        int crowd = 3_000;
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < crowd; i++) {
            rate.take(0).ifPresent(waits::add);
        }
        assertThat(waits).hasSize(crowd - BURST).allSatisfy(wait -> assertThat(wait)
                .isBetween(1_000L, 60_000L));
        assertThat(Collections.max(waits)).as("2 800 at 100 a second need 28 s").isBetween(20_000L, 29_000L);
        assertThat(waits.stream().filter(wait -> wait < 2_000).count())
                .as("those who come back in the first second")
                .isLessThan(crowd / 5);
    }

    @Test
    void shouldGetACrowdInAsFastAsItsRateSaysAndNotMuchSlower() {
        PriorityQueue<Long> attempts = new PriorityQueue<>();
        for (int i = 0; i < 3_000; i++) {
            attempts.add(0L);
        }
        int tries = 0;
        int[] admittedInSecond = new int[200];
        long last = 0;
        while (!attempts.isEmpty()) {
            long now = attempts.poll();
            tries++;
            OptionalLong wait = rate.take(now);
            if (wait.isPresent()) {
                attempts.add(now + wait.getAsLong());
            } else {
                admittedInSecond[(int) (now / 1_000)]++;
                last = now;
            }
        }
        assertThat(admittedInSecond[0]).isLessThanOrEqualTo(BURST + PER_SECOND);
        for (int second = 1; second < admittedInSecond.length; second++) {
            assertThat(admittedInSecond[second]).as("in second " + second).isLessThanOrEqualTo(BURST + PER_SECOND);
        }
        assertThat(last).as("28 s at the earliest").isBetween(26_000L, 90_000L);
        assertThat(tries).as("few come in vain often").isLessThan(5 * 3_000);
    }

    @Test
    void shouldNotBeFooledByAClockThatStandsStillOrGoesBack() {
        for (int i = 0; i < BURST; i++) {
            assertThat(rate.take(10_000)).isEmpty();
        }
        assertThat(rate.take(9_000)).isPresent();
        assertThat(rate.take(10_000)).isPresent();
        assertThat(rate.take(10_010)).isEmpty();
    }

    @Test
    void shouldForgetACrowdThatHasHadItsTime() {
        for (int i = 0; i < 10_000; i++) {
            rate.take(0);
        }
        for (int i = 0; i < BURST; i++) {
            assertThat(rate.take(600_000)).isEmpty();
        }
        assertThat(rate.take(600_000).getAsLong()).isBetween(1_000L, 2_000L);
    }
}
