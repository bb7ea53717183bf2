// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.publisher.OrgShares.Outcome;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.junit.jupiter.api.Test;

class OrgSharesTest {

    /** Takes an amount, or if it is negative gives back so much of what is held. */
    record Step(String org, int amount) {}

    @Provide
    Arbitrary<Step> steps() {
        return Combinators.combine(
                        Arbitraries.frequency(Tuple.of(5, "a"), Tuple.of(3, "b"), Tuple.of(1, "c"), Tuple.of(1, "d")),
                        Arbitraries.integers().between(-40, 60))
                .as(Step::new);
    }

    @Property
    void shouldKeepItsBoundsAndItsBooksWhateverHappens(@ForAll List<@From("steps") Step> steps) {
        OrgShares shares = new OrgShares(200, 100);
        Map<String, Long> model = new HashMap<>();
        for (Step step : steps) {
            long held = model.getOrDefault(step.org(), 0L);
            if (step.amount() < 0) {
                long back = Math.min(held, -step.amount());
                shares.giveBack(step.org(), back);
                model.put(step.org(), held - back);
            } else if (shares.check(step.org(), step.amount()) == Outcome.TAKEN) {
                shares.take(step.org(), step.amount());
                model.put(step.org(), held + step.amount());
            }
            long sum = model.values().stream().mapToLong(Long::longValue).sum();
            assertThat(shares.taken()).isEqualTo(sum).isLessThanOrEqualTo(200);
            model.forEach((org, amount) ->
                    assertThat(shares.held(org)).isEqualTo(amount).isLessThanOrEqualTo(100));
            assertThat(shares.isHalfFull())
                    .isEqualTo(sum >= 100 || model.values().stream().anyMatch(amount -> amount >= 50));
            assertThat(shares.isDrained())
                    .isEqualTo(sum < 50 && model.values().stream().allMatch(amount -> amount < 25));
        }
    }

    @Test
    void shouldLeaveRoomForOneMoreHoweverManyOrgsTakeWhatTheyCan() {
        for (int orgs = 1; orgs <= 20; orgs++) {
            OrgShares shares = new OrgShares(10_000, 5_000);
            for (int round = 0; round < 10_000; round++) {
                String org = "org" + round % orgs;
                if (shares.check(org, 1) == Outcome.TAKEN) {
                    shares.take(org, 1);
                }
            }

            assertThat(shares.held("org0")).isBetween(10_000L / (orgs + 1) - 1, 10_000L / (orgs + 1) + 1);
            assertThat(shares.check("newcomer", 10_000L / (orgs + 1) - 1)).isEqualTo(Outcome.TAKEN);
        }
    }

    @Test
    void shouldTellWhoIsInTheWay() {
        OrgShares shares = new OrgShares(100, 40);
        shares.take("a", 40);

        assertThat(shares.check("a", 1)).isEqualTo(Outcome.ORG_FULL);
        assertThat(shares.check("b", 41)).isEqualTo(Outcome.ORG_FULL);
        assertThat(shares.check("b", 40)).isEqualTo(Outcome.TAKEN);
        shares.take("b", 40);
        assertThat(shares.check("c", 20)).isEqualTo(Outcome.TAKEN);
        assertThat(shares.check("c", 21)).isEqualTo(Outcome.FULL);
    }

    @Test
    void shouldNotAskAnOrgToWaitForWhatOthersHold() {
        OrgShares shares = new OrgShares(100, 40);
        shares.take("a", 40);
        shares.take("b", 40);

        assertThat(shares.isHalfFull("a")).isTrue();
        assertThat(shares.isHalfFull("c")).isFalse();
        assertThat(shares.isDrained("c")).isTrue();
        shares.take("c", 10);
        assertThat(shares.isHalfFull("c")).as("half of what is left").isTrue();
    }
}
