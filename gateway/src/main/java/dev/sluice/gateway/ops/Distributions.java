// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.ops;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.stream.LongStream;

/**
 * Histograms whose buckets are fixed: they can be added up over nodes, and a rule may name a bound. Few, for each is a series for each
 * node.
 */
final class Distributions {

    /** Up to the most that a frame has. */
    static final double[] EVENTS = {1, 2, 5, 10, 20, 50, 100};

    static final double[] BYTES = {256, 1 << 10, 4 << 10, 16 << 10, 64 << 10, 256 << 10};

    /** Around what makes a session slow (500), and what a stream keeps (1 000). */
    static final double[] LAG = {1, 10, 50, 100, 500, 1_000, 10_000};

    private static final long[] LATENCY_MS = {1, 2, 5, 10, 20, 50, 100, 250, 500, 1_000, 2_000, 5_000, 10_000};

    private Distributions() {}

    static DistributionSummary amounts(
            MeterRegistry registry, String name, String description, String unit, double[] bounds) {
        return DistributionSummary.builder(name)
                .description(description)
                .baseUnit(unit)
                .serviceLevelObjectives(bounds)
                .register(registry);
    }

    static Timer latency(MeterRegistry registry, String name, String description) {
        return Timer.builder(name)
                .description(description)
                .publishPercentiles(0.5, 0.95, 0.99)
                .serviceLevelObjectives(
                        LongStream.of(LATENCY_MS).mapToObj(Duration::ofMillis).toArray(Duration[]::new))
                .distributionStatisticExpiry(Duration.ofMinutes(1))
                .register(registry);
    }
}
