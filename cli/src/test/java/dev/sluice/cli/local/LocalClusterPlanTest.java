// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocalClusterPlanTest {

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 2", "3, 2", "4, 3", "5, 3", "20, 11"})
    void shouldAskForMoreThanHalfOfTheNodes(int nodes, int quorum) {
        assertThat(new LocalClusterPlan(nodes, 4000, 5701).quorum()).isEqualTo(quorum);
    }

    @Test
    void shouldGiveThePublisherThePortAfterTheNodes() {
        assertThat(new LocalClusterPlan(3, 4000, 5701).publisherPort()).isEqualTo(4003);
    }

    @ParameterizedTest
    @CsvSource({"0, 4000, 5701", "21, 4000, 5701", "1, 0, 5701", "1, 65535, 5701", "1, 4000, 65535", "1, 4000, -1"})
    void shouldRefuseWhatDoesNotFit(int nodes, int port, int clusterPort) {
        assertThatIllegalArgumentException().isThrownBy(() -> new LocalClusterPlan(nodes, port, clusterPort));
    }

    @Test
    void shouldAlignTheOutput() {
        LocalClusterPlan plan = new LocalClusterPlan(3, 4000, 5701);

        assertThat(plan.prefix("node-1")).isEqualTo("node-1    | ");
        assertThat(plan.prefix("publisher")).isEqualTo("publisher | ");
    }
}
