// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** The bounds of the paper, against exact counts. */
class SpaceSavingPropertyTest {

    record Addition(String org, long amount) {}

    @Provide
    Arbitrary<List<Addition>> additions() {
        Arbitrary<String> often = Arbitraries.integers().between(0, 3).map(i -> "often" + i);
        Arbitrary<String> seldom = Arbitraries.integers().between(0, 60).map(i -> "seldom" + i);
        Arbitrary<Long> amount = Arbitraries.longs().between(1, 70_000);
        return Combinators.combine(Arbitraries.oneOf(often, seldom), amount)
                .as(Addition::new)
                .list()
                .ofMaxSize(400);
    }

    @Property
    void shouldTellNoOrgTooMuchAndNoneTooLittleByMoreThanItsPart(
            @ForAll("additions") List<Addition> additions, @ForAll @IntRange(min = 1, max = 40) int capacity) {
        SpaceSaving sketch = new SpaceSaving(capacity);
        // What was before must not be seen afterwards.
        additions.forEach(addition -> sketch.add("before" + addition.org(), addition.amount()));
        sketch.drain((org, amount) -> {});
        Map<String, Long> exact = new HashMap<>();
        long total = 0;
        for (Addition addition : additions) {
            sketch.add(addition.org(), addition.amount());
            exact.merge(addition.org(), addition.amount(), Long::sum);
            total += addition.amount();
        }

        assertThat(sketch.total()).isEqualTo(total);
        Map<String, Long> told = new HashMap<>();
        sketch.drain((org, amount) -> assertThat(told.put(org, amount)).isNull());

        assertThat(told).hasSizeLessThanOrEqualTo(capacity);
        assertThat(exact).containsKeys(told.keySet().toArray(String[]::new));
        long most = total / capacity;
        exact.forEach((org, amount) -> assertThat(told.getOrDefault(org, 0L)).isBetween(amount - most, amount));
        if (exact.size() <= capacity) {
            assertThat(told).isEqualTo(exact);
        }
    }
}
