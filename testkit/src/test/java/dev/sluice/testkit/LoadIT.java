// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** 10 000 events over 50 streams to 200 sessions on three nodes, complete and in order; the figures go to target/load.txt. */
@Timeout(240)
class LoadIT {

    @Test
    void shouldDeliverAllInOrderWhenManySessionsFollowManyStreams() throws IOException {
        try (TestCluster cluster = TestCluster.start(3)) {
            LoadRun.Result result = new LoadRun(10_000, 5, 10, 200, 20).run(cluster);
            Files.writeString(Path.of("target/load.txt"), result.line() + System.lineSeparator());
            assertThat(result.violations()).isEmpty();
            assertThat(result.delivered()).isEqualTo(400_000);
        }
    }
}
