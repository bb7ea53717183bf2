// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher;

import static dev.sluice.publisher.TestEvents.event;
import static dev.sluice.publisher.TestEvents.events;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.StreamKey;
import dev.sluice.stream.metrics.MetricsOptions;
import dev.sluice.stream.metrics.OrgAmounts;
import dev.sluice.stream.metrics.OrgMeters;
import dev.sluice.stream.trace.Tracing;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Which orgs fill the queue, for the operator who asks. */
class OrgMetricsTest {

    private static final StreamKey NOISY = new StreamKey("noisy", "finance");
    private static final StreamKey QUIET = new StreamKey("quiet", "finance");

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ManualLoop loop = new ManualLoop();
    private final FaultyLog log = new FaultyLog(4, 64);
    private final FaultyLog.Held held = log.hold();

    @Test
    void shouldShowWhatEachHasInTheQueues() {
        OrgMeters orgs = new OrgMeters(registry, new MetricsOptions(2));
        PublisherMetrics metrics = new PublisherMetrics(registry, orgs);
        EventPublisher one = publisher(metrics);
        EventPublisher another = publisher(metrics);
        one.submitAll(events(NOISY, 1, 10));
        another.submitAll(events(NOISY, 11, 10));
        one.submit(event(QUIET, 1));
        loop.run();

        orgs.endWindow();

        long ofNoisy = events(NOISY, 1, 20).stream()
                .mapToLong(each -> each.json().length)
                .sum();
        assertThat(series("sluice.org.queued.bytes"))
                .isEqualTo(Map.of(
                        "noisy",
                        (double) ofNoisy,
                        "quiet",
                        (double) event(QUIET, 1).json().length,
                        OrgAmounts.REST,
                        0.0));

        log.behave(log::apply);
        held.releaseAll();
        loop.run();
        orgs.endWindow();
        assertThat(series("sluice.org.queued.bytes")).isEqualTo(Map.of(OrgAmounts.REST, 0.0));
    }

    @Test
    void shouldShowWhoIsRefusedForItsOwnSake() {
        OrgMeters orgs = new OrgMeters(registry, new MetricsOptions(2));
        EventPublisher publisher = publisher(new PublisherMetrics(registry, orgs));
        publisher.submitAll(events(NOISY, 1, 1_000));
        publisher.submit(event(NOISY, 1_001));
        publisher.submitAll(List.of(event(QUIET, 1), event(NOISY, 1_002)));
        publisher.submit(event(QUIET, 2));

        orgs.endWindow();

        assertThat(series("sluice.org.publishes.refused")).isEqualTo(Map.of("noisy", 2.0, OrgAmounts.REST, 0.0));
    }

    @Test
    void shouldNameNobodyUnlessItIsAskedFor() {
        EventPublisher publisher = publisher(new PublisherMetrics(registry));
        publisher.submitAll(events(NOISY, 1, 1_000));
        publisher.submit(event(NOISY, 1_001));

        assertThat(registry.getMeters())
                .isNotEmpty()
                .noneMatch(meter -> meter.getId().toString().contains("noisy"));
    }

    private EventPublisher publisher(PublisherMetrics metrics) {
        return new EventPublisher(
                loop, log, batch -> {}, PublisherBench.OPTIONS, metrics, UUID.randomUUID(), new Random(7), Tracing.OFF);
    }

    private Map<String, Double> series(String meter) {
        return registry.find(meter).gauges().stream()
                .collect(Collectors.toMap(gauge -> gauge.getId().getTag("org"), Gauge::value));
    }
}
