// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli;

import dev.sluice.stream.cluster.ClusterNode;
import dev.sluice.stream.log.LogMap;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** What the process and its place in the cluster are like; asked when somebody scrapes, and of no cost else. */
final class ProcessMeters implements AutoCloseable {

    private final MeterRegistry registry;
    private final JvmGcMetrics garbage = new JvmGcMetrics();

    /** Shows the Java machine and the process, in the names that Micrometer gives them everywhere. */
    ProcessMeters(MeterRegistry registry) {
        this.registry = registry;
        garbage.bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
    }

    /** Shows the cluster as this process sees it. */
    void cluster(ClusterNode cluster, int shards) {
        gauge("sluice.cluster.members", "Members of the cluster that hold data", cluster::memberCount);
        gauge(
                "sluice.cluster.quorum",
                "1 while this process sees the quorum, else 0",
                () -> cluster.hasQuorum() ? 1 : 0);
        gauge(
                "sluice.cluster.missing.copies",
                "Partitions of the cluster's data (shards, revoked tokens, flags) that have fewer copies than a cluster of this size can give them",
                () -> isOut(cluster) ? Double.NaN : LogMap.missingCopies(cluster.hazelcast()));
        gauge(
                "sluice.cluster.owned.shards",
                "Shards of the log that this process owns",
                () -> isOut(cluster)
                        ? 0
                        : LogMap.ownedShards(cluster.hazelcast(), shards).size());
    }

    private static boolean isOut(ClusterNode cluster) {
        return cluster.memberCount() == 0;
    }

    /** Shows whether the process should get traffic; a gateway does that itself. */
    void ready(BooleanSupplier ready) {
        gauge("sluice.ready", "1 while the node should get traffic, else 0", () -> ready.getAsBoolean() ? 1 : 0);
    }

    private void gauge(String name, String description, Supplier<Number> value) {
        Gauge.builder(name, value).description(description).register(registry);
    }

    @Override
    public void close() {
        garbage.close();
    }
}
