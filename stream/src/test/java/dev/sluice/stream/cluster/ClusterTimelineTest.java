// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.cluster.ClusterStanding.Doubt;
import dev.sluice.stream.cluster.ClusterStanding.Verdict;
import dev.sluice.stream.cluster.ClusterTimeline.Change;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClusterTimelineTest {

    private final ClusterTimeline timeline = new ClusterTimeline(InstantSource.fixed(Instant.ofEpochMilli(7)));

    @Test
    void shouldWriteDownADoubtOnceHoweverOftenItIsHeard() {
        Verdict fine = new Verdict(Optional.empty(), false);
        Verdict alone = new Verdict(Optional.of(Doubt.NO_QUORUM), true);
        timeline.hear(fine);
        timeline.hear(alone);
        timeline.hear(alone);
        timeline.hear(fine);
        timeline.hear(fine);

        assertThat(timeline.changes())
                .containsExactly(
                        new Change(7, "doubt", "no quorum"),
                        new Change(7, "settled", "the cluster is whole enough again"));
    }

    @Test
    void shouldKeepTheLastOnesAndNoMore() {
        for (int i = 0; i <= ClusterTimeline.KEPT; i++) {
            timeline.add("joined", "host:" + i);
        }

        assertThat(timeline.changes()).hasSize(ClusterTimeline.KEPT);
        assertThat(timeline.changes().get(0).detail()).isEqualTo("host:1");
    }
}
