// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.cluster.ClusterStanding.Doubt;
import dev.sluice.stream.cluster.ClusterStanding.Verdict;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ClusterStandingTest {

    private static final Duration LIMIT = Duration.ofSeconds(5);
    private static final UUID SELF = new UUID(0, 1);
    private static final UUID OTHER = new UUID(0, 2);
    private static final UUID AFTERWARDS = new UUID(0, 3);
    private static final Verdict WELL = new Verdict(Optional.empty(), false);

    private final ClusterStanding standing = new ClusterStanding(LIMIT);

    @Test
    void shouldFindNothingWhenNothingHappens() {
        assertThat(judge(0, true, SELF, OTHER)).isEqualTo(WELL);
        assertThat(judge(250, true, SELF, OTHER)).isEqualTo(WELL);
        assertThat(judge(500, true, SELF, OTHER)).isEqualTo(WELL);
    }

    @Test
    void shouldDoubtAtOnceWhenThereIsNoQuorum() {
        assertThat(judge(0, false, SELF)).isEqualTo(new Verdict(Optional.of(Doubt.NO_QUORUM), false));
        assertThat(judge(250, false, SELF)).isEqualTo(new Verdict(Optional.of(Doubt.NO_QUORUM), false));
    }

    @Test
    void shouldTellOfAChangeWhenMembersComeOrGo() {
        judge(0, true, SELF);
        assertThat(judge(250, true, SELF, OTHER)).isEqualTo(new Verdict(Optional.empty(), true));
        assertThat(judge(500, true, SELF, AFTERWARDS)).isEqualTo(new Verdict(Optional.empty(), true));
        assertThat(judge(750, true, SELF)).isEqualTo(new Verdict(Optional.empty(), true));
    }

    @Test
    void shouldDoubtWhenTheProcessWasPausedForLongerThanTheLimit() {
        judge(0, true, SELF, OTHER);
        assertThat(judge(5_000, true, SELF, OTHER)).as("just the limit").isEqualTo(WELL);
        assertThat(judge(10_001, true, SELF, OTHER)).isEqualTo(new Verdict(Optional.of(Doubt.PAUSED), false));
        assertThat(judge(10_250, true, SELF, OTHER)).isEqualTo(WELL);
    }

    @Test
    void shouldDoubtWhenItIsAnotherMemberThanBefore() {
        judge(0, true, SELF, OTHER);
        ClusterSight merged =
                new ClusterSight(Duration.ofMillis(250).toNanos(), true, AFTERWARDS, Set.of(AFTERWARDS, OTHER));
        assertThat(standing.judge(merged)).isEqualTo(new Verdict(Optional.of(Doubt.MERGED), true));
        assertThat(standing.judge(merged)).isEqualTo(WELL);
    }

    private Verdict judge(long millis, boolean quorum, UUID... members) {
        return standing.judge(new ClusterSight(Duration.ofMillis(millis).toNanos(), quorum, SELF, Set.of(members)));
    }
}
