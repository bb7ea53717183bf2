// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.canary;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What the canary counts: a row for each other node, whose names are few; the row goes when the node does. */
final class CanaryMeters {

    private final MeterRegistry registry;
    private final String self;
    private final long intervalMs;
    private final Counter repairs;
    private volatile int broken;

    CanaryMeters(MeterRegistry registry, String self, Duration interval) {
        this.registry = registry;
        this.self = self;
        this.intervalMs = interval.toMillis();
        repairs = Counter.builder("sluice.canary.repairs")
                .description("Registrations made again because probes did not come")
                .register(registry);
        Gauge.builder("sluice.canary.broken", () -> broken)
                .description("Registrations of this node that probes of some node do not come through")
                .register(registry);
    }

    void repair() {
        repairs.increment();
    }

    void broken(int addresses) {
        broken = addresses;
    }

    /** A row of the matrix: from another node to this one. */
    Row row(String from) {
        return new Row(Tags.of("from", from, "to", self));
    }

    /** What came from one node. */
    final class Row {

        private final Counter arrived;
        private final Counter lost;
        private final Timer latency;
        private final Gauge silence;
        private volatile int silentRounds;

        private Row(Tags path) {
            arrived = Counter.builder("sluice.canary.arrived")
                    .description("Probes that came from another node")
                    .tags(path)
                    .register(registry);
            lost = Counter.builder("sluice.canary.lost")
                    .description("Probes that did not come from another node")
                    .tags(path)
                    .register(registry);
            latency = Timer.builder("sluice.canary.latency")
                    .description("How long probes were under way, by the clocks of both nodes")
                    .tags(path)
                    .serviceLevelObjectives(
                            Duration.ofMillis(5),
                            Duration.ofMillis(20),
                            Duration.ofMillis(100),
                            Duration.ofMillis(500),
                            Duration.ofSeconds(2))
                    .register(registry);
            silence = Gauge.builder("sluice.canary.silence", () -> silentRounds * intervalMs / 1_000.0)
                    .description("Since when nothing came from another node")
                    .baseUnit("seconds")
                    .tags(path)
                    .register(registry);
        }

        /** One came, after others that are lost. */
        void arrived(long latencyMs, long lostBefore) {
            arrived.increment();
            latency.record(Math.max(0, latencyMs), TimeUnit.MILLISECONDS);
            lost(lostBefore);
        }

        void lost(long probes) {
            lost.increment((double) probes);
        }

        void silentRounds(int rounds) {
            silentRounds = rounds;
        }

        void remove() {
            for (Meter meter : List.of(arrived, lost, latency, silence)) {
                registry.remove(meter);
            }
        }
    }
}
