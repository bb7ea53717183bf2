// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.cluster;

import dev.sluice.stream.config.ConfigLoader;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Members with nothing special, for tests of what they share. */
public final class TestMembers {

    private record Root(ClusterOptions cluster) {}

    private TestMembers() {}

    /**
     * Joins, and waits for it.
     *
     * @param leaveTimeout how long it may hand over when it leaves
     */
    public static ClusterNode join(String clusterName, Duration leaveTimeout) {
        Map<String, String> settings = Map.of(
                "SLUICE_CLUSTER_NAME",
                clusterName,
                "SLUICE_CLUSTER_PORT",
                Integer.toString(ForkPorts.first()),
                "SLUICE_CLUSTER_LEAVE_TIMEOUT",
                leaveTimeout.toSeconds() + "s");
        ClusterOptions options = ConfigLoader.load(new Root(ClusterOptions.defaults()), Optional.empty(), settings)
                .cluster();
        return new ClusterJoin(options, RuntimeOptions.defaults()).join().await();
    }
}
