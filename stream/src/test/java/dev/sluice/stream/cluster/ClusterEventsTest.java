// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClusterEventsTest {

    @ParameterizedTest
    @CsvSource({
        "1,1,false",
        "2,1,true",
        "2,2,false",
        "3,1,true",
        "3,2,false",
        "4,2,true",
        "4,3,false",
        "5,2,true",
        "5,3,false"
    })
    void shouldKnowWhenBothHalvesOfAClusterMayGoOn(long nodes, int quorum, boolean both) {
        assertThat(ClusterEvents.bothHalvesMayGoOn(nodes, quorum)).isEqualTo(both);
    }
}
