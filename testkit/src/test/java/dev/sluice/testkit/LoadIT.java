// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.cluster.TestCluster;
import dev.sluice.testkit.load.LoadRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;

/** 10 000 events over 50 streams to 200 sessions on three nodes, complete and in order; the figures go to target/load.txt. */
@Isolated
@Timeout(240)
class LoadIT {

    @Test
    void shouldDeliverAllInOrderWhenManySessionsFollowManyStreams() throws IOException {
        try (TestCluster cluster = TestCluster.start(3)) {
            LoadRun.Result flatOut = new LoadRun(10_000, 5, 10, 200, 20, 0).run(cluster, "a");
            LoadRun.Result paced = new LoadRun(5_000, 5, 10, 200, 10, 500).run(cluster, "b");
            Files.writeString(
                    Path.of("target/load.txt"),
                    "flat out: " + flatOut.line() + System.lineSeparator() + "500/s: " + paced.line()
                            + System.lineSeparator());
            assertThat(flatOut.violations()).isEmpty();
            assertThat(flatOut.delivered()).isEqualTo(400_000);
            assertThat(paced.violations()).isEmpty();
            assertThat(paced.delivered()).isEqualTo(200_000);
        }
    }
}
