// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/**
 * The meters {@code sluice.org.*}, with the tag {@code org}: the orgs that have most, and {@link OrgAmounts#REST} for all others, so at
 * most {@code metrics.topOrgs} + 1 series each. None when that is 0: then no meter is registered and nothing is counted (P7).
 *
 * <p>They are gauges over the last completed {@linkplain #WINDOW window}, not counters: who belongs to the rest changes, and a counter
 * that falls would be read as a restart. Any thread.
 */
public final class OrgMeters {

    /** How long amounts are added up before they are shown. */
    public static final Duration WINDOW = Duration.ofSeconds(10);

    /** How many orgs are followed for each that is shown: what is shown lacks at most one part in 8 times {@code topOrgs} of the total. */
    private static final int COUNTERS_PER_ORG = 8;

    private static final int STRIPES = 8;

    private final MeterRegistry registry;
    private final int topOrgs;
    private final List<Shown> shown = new CopyOnWriteArrayList<>();

    private record Shown(MultiGauge gauge, Supplier<OrgAmounts> amounts) {}

    /** The meters that the options ask for. */
    public OrgMeters(MeterRegistry registry, MetricsOptions options) {
        this.registry = registry;
        this.topOrgs = options.topOrgs();
    }

    /** Whether there are any. */
    public boolean isOn() {
        return topOrgs > 0;
    }

    /**
     * A meter of what is done in a window.
     *
     * @return where it is counted
     */
    public OrgFlow flow(String name, String description) {
        if (!isOn()) {
            return OrgFlow.OFF;
        }
        OrgFlow flow = new OrgFlow(STRIPES, COUNTERS_PER_ORG * topOrgs);
        show(name, description + ", in the last complete " + WINDOW.toSeconds() + " s", flow::drain);
        return flow;
    }

    /**
     * A meter of what orgs hold.
     *
     * @param amounts what each holds; asked at the end of each window, on the thread that ends it
     */
    public void level(String name, String description, Supplier<OrgAmounts> amounts) {
        if (isOn()) {
            show(name, description, amounts);
        }
    }

    private void show(String name, String description, Supplier<OrgAmounts> amounts) {
        MultiGauge gauge = MultiGauge.builder(name).description(description).register(registry);
        // From the start, as in a window in which nothing was done.
        gauge.register(List.of(MultiGauge.Row.of(Tags.of("org", OrgAmounts.REST), 0)));
        shown.add(new Shown(gauge, amounts));
    }

    /** Ends a window: shows what was counted in it. To be called every {@link #WINDOW}, by one thread at a time. */
    public void endWindow() {
        for (Shown meter : shown) {
            List<MultiGauge.Row<?>> rows = new ArrayList<>();
            meter.amounts()
                    .get()
                    .top(topOrgs)
                    .forEach((org, amount) -> rows.add(MultiGauge.Row.of(Tags.of("org", org), amount)));
            // First without any: between the old ones and the new ones there would be more than were asked for.
            meter.gauge().register(List.of());
            meter.gauge().register(rows);
        }
    }
}
