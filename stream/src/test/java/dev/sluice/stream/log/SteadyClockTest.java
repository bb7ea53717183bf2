// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

class SteadyClockTest {

    private long wall = 1_000_000;
    private long nanos = 77;
    private final SteadyClock clock = new SteadyClock(wallClock(), () -> nanos);

    private InstantSource wallClock() {
        return () -> Instant.ofEpochMilli(wall);
    }

    @Test
    void shouldBeTheWallClockWhereThatIsSteady() {
        pass(5_000, 0);
        assertThat(clock.millis()).isEqualTo(wall);
        pass(5_000, 40); // a clock that is adjusted as NTP does it
        assertThat(clock.millis()).isEqualTo(wall);
        assertThat(clock.instant()).isEqualTo(Instant.ofEpochMilli(wall));
    }

    @Test
    void shouldHardlyFollowAJumpThatIsTakenBack() {
        pass(1_000, 600_000);
        assertThat(clock.millis()).isEqualTo(1_000_000 + 1_000 + 100);
        pass(1_000, -600_000);
        assertThat(clock.millis()).isEqualTo(wall);
    }

    @Test
    void shouldReachTheWallClockInTheEnd() {
        wall += 10_000;
        for (int i = 0; i < 99; i++) {
            pass(1_000, 0);
            assertThat(clock.millis()).isLessThan(wall);
        }
        pass(1_000, 0);
        assertThat(clock.millis()).isEqualTo(wall);
    }

    @Test
    void shouldNotRunBackwardsWhenTheWallClockDoes() {
        long before = clock.millis();
        pass(1_000, -600_000);
        assertThat(clock.millis()).isEqualTo(before + 900);
    }

    @Test
    void shouldFollowAsFastWhenItIsAskedOften() {
        wall += 600_000;
        for (int i = 0; i < 10_000; i++) {
            nanos += 100_000;
            wall += i % 10 == 9 ? 1 : 0;
            clock.millis();
        }
        assertThat(clock.millis()).isBetween(1_001_099L, 1_001_100L);
    }

    private void pass(long millis, long jump) {
        nanos += millis * 1_000_000;
        wall += millis + jump;
    }
}
