// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sluice.stream.StreamKey;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OrgMetersTest {

    private static final String METER = "sluice.org.something";

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @Test
    void shouldShowTheOrgsThatDoMostAndAllOthersTogether() {
        OrgMeters meters = new OrgMeters(registry, new MetricsOptions(3));
        OrgFlow flow = meters.flow(METER, "Something");
        for (int round = 0; round < 5; round++) {
            for (int i = 0; i < 1_000; i++) {
                flow.add("org" + i, i < 3 ? 10_000 * (i + 1) : 1);
            }
        }

        meters.endWindow();

        Map<String, Double> series = series();
        assertThat(series).containsOnlyKeys("org0", "org1", "org2", OrgAmounts.REST);
        double total = 5 * (60_000 + 997);
        double error = total / (8 * 3);
        assertThat(series.get("org2")).isBetween(150_000 - error, 150_000.0);
        assertThat(series.get("org1")).isBetween(100_000 - error, 100_000.0);
        assertThat(series.get("org0")).isBetween(50_000 - error, 50_000.0);
        assertThat(series.values().stream().mapToDouble(Double::doubleValue).sum())
                .isEqualTo(total);
    }

    @Test
    void shouldForgetTheWindowBefore() {
        OrgMeters meters = new OrgMeters(registry, new MetricsOptions(3));
        OrgFlow flow = meters.flow(METER, "Something");
        for (String org : List.of("a", "b", "c")) {
            flow.add(org, 100);
        }
        meters.endWindow();
        flow.add("d", 7);
        flow.add("a", 5);
        meters.endWindow();
        assertThat(series()).isEqualTo(Map.of("d", 7.0, "a", 5.0, OrgAmounts.REST, 0.0));

        meters.endWindow();

        assertThat(series()).isEqualTo(Map.of(OrgAmounts.REST, 0.0));
    }

    @Test
    void shouldShowWhatIsHeldAtTheEndOfTheWindow() {
        OrgMeters meters = new OrgMeters(registry, new MetricsOptions(1));
        meters.level(METER, "Something", () -> {
            OrgAmounts amounts = new OrgAmounts();
            amounts.add("small", 2);
            amounts.add("large", 2);
            amounts.add("large", 1);
            amounts.add("empty", 0);
            return amounts;
        });

        meters.endWindow();

        assertThat(series()).isEqualTo(Map.of("large", 3.0, OrgAmounts.REST, 2.0));
    }

    @Test
    void shouldCountWhatManyThreadsDo() throws InterruptedException {
        OrgMeters meters = new OrgMeters(registry, new MetricsOptions(3));
        OrgFlow flow = meters.flow(METER, "Something");
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            threads.add(new Thread(() -> {
                for (int n = 0; n < 1_000; n++) {
                    flow.add("org" + n % 5, 1);
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }

        meters.endWindow();

        assertThat(series())
                .isEqualTo(Map.of("org0", 4_000.0, "org1", 4_000.0, "org2", 4_000.0, OrgAmounts.REST, 8_000.0));
    }

    @Test
    void shouldRegisterNothingWhenItIsOff() {
        OrgMeters meters = new OrgMeters(registry, MetricsOptions.defaults());
        OrgFlow flow = meters.flow(METER, "Something");
        meters.level(METER + ".held", "Something", () -> {
            throw new AssertionError("nobody wants to know");
        });
        flow.add("acme", 1);

        meters.endWindow();

        assertThat(registry.getMeters()).isEmpty();
        assertThat(flow).isSameAs(OrgFlow.OFF);
        assertThat(flow.drain().top(3)).isEqualTo(Map.of(OrgAmounts.REST, 0L));
    }

    @Test
    void shouldCallTheRestLikeNoOrg() {
        assertThat(StreamKey.isOrg(OrgAmounts.REST)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 101})
    void shouldRefuseWhatIsOutOfBounds(int topOrgs) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new MetricsOptions(topOrgs))
                .withMessage("metrics.topOrgs must be 0 to 100, is " + topOrgs);
    }

    private Map<String, Double> series() {
        return registry.find(METER).gauges().stream()
                .collect(Collectors.toMap(gauge -> gauge.getId().getTag("org"), Gauge::value));
    }
}
