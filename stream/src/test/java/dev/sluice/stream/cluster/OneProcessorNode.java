// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.cluster;

import dev.sluice.stream.census.HazelcastCounts;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;

/** The program of {@link CompletionPoolIT}: a cluster of one that counts clients, and says how many threads were started for it. */
final class OneProcessorNode {

    private OneProcessorNode() {}

    public static void main(String[] args) throws Exception {
        int reports = Integer.parseInt(args[0]);
        ClusterNode node = TestMembers.join("one-processor-" + UUID.randomUUID(), Duration.ofSeconds(5));
        HazelcastCounts counts = new HazelcastCounts(node.vertx(), node.hazelcast());
        long before = started();
        for (int i = 0; i < reports; i++) {
            counts.report(Map.of("user" + i, 1, "org", i)).await();
        }
        System.out.println("started " + (started() - before));
        System.exit(0);
    }

    private static long started() {
        return ManagementFactory.getThreadMXBean().getTotalStartedThreadCount();
    }
}
