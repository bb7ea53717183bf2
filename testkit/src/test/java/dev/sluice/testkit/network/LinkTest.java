// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class LinkTest {

    private static final long MS = 1_000_000;

    private final Link link = new Link(7);

    @Test
    void packetShouldPassAtOnceWhenNoRuleIsSet() {
        assertThat(decide(1_000)).containsOnly(0);
        assertThat(link.isDoubled()).isFalse();
        assertThat(link.passed()).isEqualTo(1_000);
        assertThat(link.dropped()).isZero();
    }

    @Test
    void nothingShouldPassWhenItIsCut() {
        link.setRule(LinkRule.CLEAR.withCut(true));
        assertThat(decide(1_000)).containsOnly(Link.LOST);
        assertThat(link.dropped()).isEqualTo(1_000);
    }

    @Test
    void lossShouldBeAboutItsPercentage() {
        link.setRule(LinkRule.CLEAR.withLoss(2));
        decide(10_000);
        assertThat(link.dropped()).isBetween(150L, 250L);
    }

    @Test
    void delayShouldBeExactAndJitterBounded() {
        link.setRule(LinkRule.CLEAR.withDelay(Duration.ofMillis(50), Duration.ZERO));
        assertThat(decide(100)).containsOnly(50 * MS);
        link.setRule(LinkRule.CLEAR.withDelay(Duration.ofMillis(50), Duration.ofMillis(10)));
        long[] jittery = decide(1_000);
        assertThat(LongStream.of(jittery)).allMatch(nanos -> nanos >= 50 * MS && nanos < 60 * MS);
        assertThat(LongStream.of(jittery).distinct().count()).isGreaterThan(900);
    }

    @Test
    void reorderShouldHoldBackAboutItsPercentage() {
        link.setRule(LinkRule.CLEAR.withReorder(25));
        long heldBack = LongStream.of(decide(10_000))
                .filter(nanos -> nanos == LinkRule.HELD_BACK.toNanos())
                .count();
        assertThat(heldBack).isBetween(2_200L, 2_800L);
    }

    @Test
    void fateShouldBeTheSameWhenTheSeedIs() {
        Link twin = new Link(7);
        LinkRule rule = new LinkRule(false, Duration.ofMillis(1), Duration.ofMillis(9), 10, 10, 10);
        link.setRule(rule);
        twin.setRule(rule);
        for (int i = 0; i < 1_000; i++) {
            assertThat(link.decide()).isEqualTo(twin.decide());
            assertThat(link.isDoubled()).isEqualTo(twin.isDoubled());
        }
    }

    @Test
    void ruleShouldBeRefusedWhenItIsOutOfBounds() {
        assertThatThrownBy(() -> LinkRule.CLEAR.withLoss(101)).hasMessageContaining("lossPercent");
        assertThatThrownBy(() -> LinkRule.CLEAR.withReorder(-1)).hasMessageContaining("reorderPercent");
        assertThatThrownBy(() -> LinkRule.CLEAR.withDuplicate(Double.NaN)).hasMessageContaining("duplicatePercent");
        assertThatThrownBy(() -> LinkRule.CLEAR.withDelay(Duration.ofMinutes(2), Duration.ZERO))
                .hasMessageContaining("delay");
    }

    private long[] decide(int packets) {
        return LongStream.range(0, packets).map(i -> link.decide()).toArray();
    }
}
