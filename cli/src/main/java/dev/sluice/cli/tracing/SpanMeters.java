// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli.tracing;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** What became of the spans; shown with 0 where nothing is traced. Any thread. */
public final class SpanMeters {

    private static final String NAME = "sluice.tracing.spans";

    private final Counter exported;
    private final Counter failed;
    private final Counter dropped;

    /** Registers the meters. */
    public SpanMeters(MeterRegistry registry) {
        exported = counter(registry, "exported");
        failed = counter(registry, "failed");
        dropped = counter(registry, "dropped");
    }

    private static Counter counter(MeterRegistry registry, String outcome) {
        return Counter.builder(NAME)
                .description(
                        "Spans that the collector took, that could not be sent to it, and that found the queue full")
                .tag("outcome", outcome)
                .register(registry);
    }

    void exported(int spans) {
        exported.increment(spans);
    }

    void failed(int spans) {
        failed.increment(spans);
    }

    void dropped() {
        dropped.increment();
    }
}
