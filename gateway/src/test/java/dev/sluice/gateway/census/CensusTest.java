// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.census;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CensusTest {

    private static final Quota ANN = Quota.user("acme", "ann", 3);
    private static final Quota ACME = Quota.org("acme", 5);
    private static final Quota ADDRESS = Quota.address("192.0.2.1", 2);

    /** What the others have. */
    private final Map<String, Integer> others = new HashMap<>();

    private final List<Map<String, Integer>> reports = new ArrayList<>();
    private final AtomicInteger unanswered = new AtomicInteger();
    private final Census census = new Census(this::answer, unanswered::incrementAndGet);
    private boolean broken;

    private Future<Map<String, Integer>> answer(Map<String, Integer> own) {
        reports.add(own);
        Map<String, Integer> totals = new HashMap<>(own);
        others.forEach((key, count) -> totals.computeIfPresent(key, (same, mine) -> mine + count));
        return broken ? Future.failedFuture("parted") : Future.succeededFuture(totals);
    }

    private Optional<Quota> admit(Quota... quotas) {
        return census.admit(List.of(quotas), List.of()).result();
    }

    @Test
    void shouldHoldTheWholeClusterAgainstAQuota() {
        others.put(ANN.key(), 2);
        assertThat(admit(ANN, ACME)).isEmpty();
        assertThat(admit(ANN, ACME)).hasValue(ANN);
        others.put(ANN.key(), 1);
        assertThat(admit(ANN, ACME)).isEmpty();
        others.put(ACME.key(), 3);
        assertThat(admit(ACME)).hasValue(ACME);
    }

    @Test
    void shouldAskOnceForAnAdmissionAndNotAtAllWhenTheNodeIsFullItself() {
        for (int i = 0; i < 3; i++) {
            assertThat(admit(ANN, ACME)).isEmpty();
        }
        assertThat(reports).hasSize(3).last().isEqualTo(Map.of(ANN.key(), 3, ACME.key(), 3));
        assertThat(admit(ANN, ACME)).hasValue(ANN);
        assertThat(reports).hasSize(3);
    }

    @Test
    void shouldTakeBackWhatItDidNotGrant() {
        others.put(ACME.key(), 5);
        assertThat(admit(ANN, ACME)).hasValue(ACME);
        assertThat(reports).last().isEqualTo(Map.of(ANN.key(), 0, ACME.key(), 0));
        others.clear();
        for (int i = 0; i < 3; i++) {
            assertThat(admit(ANN, ACME)).isEmpty();
        }
    }

    @Test
    void shouldTellOfReleases() {
        admit(ANN, ACME);
        admit(ANN, ACME);
        reports.clear();
        census.release(List.of(ANN, ACME));
        assertThat(reports).containsExactly(Map.of(ANN.key(), 1, ACME.key(), 1));
    }

    @Test
    void shouldHoldTheClusterAgainstWhatWasCountedBefore() {
        census.add(ADDRESS);
        others.put(ADDRESS.key(), 2);
        assertThat(census.admit(List.of(ANN), List.of(ADDRESS)).result()).hasValue(ADDRESS);
        assertThat(reports).last().as("of the address nothing is taken back").isEqualTo(Map.of(ANN.key(), 0));
        assertThat(census.hasRoom(ADDRESS)).isTrue();
        census.add(ADDRESS);
        assertThat(census.hasRoom(ADDRESS)).isFalse();
    }

    @Test
    void shouldDecideByItselfWhenTheClusterFails() {
        broken = true;
        for (int i = 0; i < 3; i++) {
            assertThat(admit(ANN)).isEmpty();
        }
        assertThat(unanswered).hasValue(3);
        assertThat(admit(ANN)).as("by its own count").hasValue(ANN);
    }

    @Test
    void shouldNotWaitForTheClusterForLong() throws Exception {
        Census silent =
                new Census(own -> Promise.<Map<String, Integer>>promise().future(), unanswered::incrementAndGet);
        long start = System.nanoTime();
        assertThat(silent.admit(List.of(ANN), List.of()).await(30, TimeUnit.SECONDS))
                .isEmpty();
        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start))
                .isGreaterThanOrEqualTo(Census.PATIENCE_MS - 20);
        assertThat(unanswered).hasValue(1);
    }

    @Test
    void shouldTellAllAgainInPortions() {
        for (int i = 0; i < 1_100; i++) {
            census.add(Quota.user("acme", "user" + i, 3));
        }
        census.reassert();
        assertThat(reports).hasSize(3).extracting(Map::size).containsExactly(500, 500, 100);
        assertThat(reports.get(0).values()).containsOnly(1);
    }

    /** Each operation of a report goes through all its keys, so a report that goes everywhere costs their product. */
    @Test
    void shouldTellWhatBelongsTogetherInOnePortion() {
        int groups = 11;
        ClusterCounts grouped = new ClusterCounts() {
            @Override
            public Future<Map<String, Integer>> report(Map<String, Integer> own) {
                return answer(own);
            }

            @Override
            public int group(String key) {
                return Integer.parseInt(key.substring(key.lastIndexOf('-') + 1)) % groups;
            }
        };
        Census ofGroups = new Census(grouped, unanswered::incrementAndGet);
        List<Quota> quotas = IntStream.range(0, 5_500)
                .mapToObj(i -> Quota.user("acme", "user-" + i, 3))
                .toList();
        quotas.forEach(ofGroups::add);
        ofGroups.reassert();
        assertThat(reports).hasSize(groups);
        for (Map<String, Integer> report : reports) {
            assertThat(report).hasSize(500);
            assertThat(report.keySet().stream().map(grouped::group).distinct()).hasSize(1);
        }
        assertThat(reports.stream().flatMap(report -> report.keySet().stream()).distinct())
                .hasSize(5_500);
    }

    @Test
    void shouldNotGoBelowNobody() {
        census.release(List.of(ANN));
        assertThat(reports).isEmpty();
        admit(ANN);
        assertThat(reports).containsExactly(Map.of(ANN.key(), 1));
    }

    @Test
    void shouldHaveOneBackgroundReportAtATime() {
        List<Promise<Map<String, Integer>>> asked = new ArrayList<>();
        Census busy = new Census(
                own -> {
                    reports.add(own);
                    asked.add(Promise.promise());
                    return asked.get(asked.size() - 1).future();
                },
                () -> {});
        for (int i = 0; i < 3; i++) {
            busy.add(ANN);
        }
        for (int i = 0; i < 3; i++) {
            busy.release(List.of(ANN));
        }
        assertThat(reports).containsExactly(Map.of(ANN.key(), 2));
        asked.get(0).fail("lost");
        assertThat(reports).containsExactly(Map.of(ANN.key(), 2), Map.of(ANN.key(), 0));
        asked.get(1).complete(Map.of());
        assertThat(asked).hasSize(2);
    }
}
