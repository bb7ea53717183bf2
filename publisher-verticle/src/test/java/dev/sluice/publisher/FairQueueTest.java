// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.Event;
import dev.sluice.stream.StreamKey;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class FairQueueTest {

    private static final int COMMIT_BYTES = 256 << 10;
    private static final QueueBound BOUND =
            new QueueBound(PublisherOptions.defaults(), new PublisherMetrics(new SimpleMeterRegistry()));

    private final FairQueue queue = new FairQueue(new FairnessOptions(25, COMMIT_BYTES, 500));
    private final Map<String, Event> parsed = new HashMap<>();
    private int number;

    /** Something published. */
    record Step(int org, int bytes, boolean commitFirst) {}

    @Provide
    Arbitrary<Step> steps() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, 4),
                        Arbitraries.of(200, 1_000, 20_000, 64_000),
                        Arbitraries.of(true, false, false))
                .as(Step::new);
    }

    @Property(tries = 300)
    void shouldHandOutEverythingOnceInOrderAndWithinTheBounds(
            @ForAll @Size(max = 100) List<@From("steps") Step> steps) {
        FairQueue queue = new FairQueue(new FairnessOptions(25, 100_000, 10));
        Map<String, List<Group>> added = new HashMap<>();
        Map<String, List<Group>> taken = new HashMap<>();
        for (Step step : steps) {
            if (step.commitFirst() && !queue.isEmpty()) {
                record(taken, checked(queue.next()));
            }
            Group group = group("org" + step.org(), step.bytes());
            queue.add(group);
            record(added, List.of(group));
        }
        while (!queue.isEmpty()) {
            record(taken, checked(queue.next()));
        }

        assertThat(taken).isEqualTo(added);
    }

    private static List<Group> checked(List<Group> commit) {
        assertThat(commit).isNotEmpty();
        if (commit.size() > 1) {
            assertThat(commit).hasSizeLessThanOrEqualTo(10);
            assertThat(commit.stream().mapToInt(Group::bytes).sum()).isLessThanOrEqualTo(100_000);
        }
        return commit;
    }

    private static void record(Map<String, List<Group>> orgs, List<Group> groups) {
        groups.forEach(group -> orgs.computeIfAbsent(group.key().org(), org -> new ArrayList<>())
                .add(group));
    }

    @Property(tries = 50)
    void shouldGiveEveryOrgThatWantsItTheSameHoweverLargeItsEvents(
            @ForAll @Size(min = 2, max = 6) List<@IntRange(min = 200, max = 65_000) Integer> sizes) {
        FairQueue queue = new FairQueue(FairnessOptions.defaults());
        Map<String, Long> cost = new HashMap<>();
        for (int round = 0; round < 40; round++) {
            for (int i = 0; i < sizes.size(); i++) {
                // Every org always has enough waiting for a commit of its own.
                for (int bytes = 0; bytes < COMMIT_BYTES && (round == 0 || bytes < 2 * COMMIT_BYTES / sizes.size()); ) {
                    queue.add(group("org" + i, sizes.get(i)));
                    bytes += sizes.get(i);
                }
            }
            queue.next()
                    .forEach(group -> cost.merge(
                            group.key().org(),
                            (long) group.bytes() + (long) FairQueue.EVENT_COST * group.size(),
                            Long::sum));
        }
        long most = cost.values().stream().mapToLong(Long::longValue).max().orElseThrow();
        long least = cost.values().stream().mapToLong(Long::longValue).min().orElseThrow();

        // The bound of deficit round robin: a quantum and the largest packet, of either side.
        assertThat(most - least).isLessThanOrEqualTo(2L * (FairQueue.QUANTUM + 66_000));
    }

    @Test
    void shouldTakeAQuietOrgWithTheNextCommitHoweverManyOrgsFlood() {
        for (int org = 0; org < 200; org++) {
            for (int i = 0; i < 10; i++) {
                queue.add(group("flood" + org, 60_000));
            }
        }
        while (queue.next().stream().noneMatch(group -> group.key().org().equals("flood199"))) {
            assertThat(queue.isEmpty()).isFalse(); // until the first round is over
        }
        queue.add(group("quiet", 300));

        assertThat(queue.next()).anyMatch(group -> group.key().org().equals("quiet"));
    }

    @Test
    void shouldNotServeAnOrgFirstThatComesAgainBeforeTheOthersHadTheirTurn() {
        for (int i = 0; i < 30; i++) {
            queue.add(group("a", 60_000));
            queue.add(group("b", 60_000));
        }
        Map<String, Integer> served = new HashMap<>();
        for (int commit = 0; commit < 12; commit++) {
            queue.add(group("drops", 16_000));
            queue.add(group("drops", 16_000));
            queue.add(group("drops", 16_000));
            queue.next().forEach(group -> served.merge(group.key().org(), group.bytes(), Integer::sum));
        }

        assertThat(served.get("drops")).isLessThanOrEqualTo(served.get("a") + 64_000);
        assertThat(served.get("drops")).isLessThanOrEqualTo(served.get("b") + 64_000);
    }

    @Test
    void shouldTakeAGroupThatIsLargerThanACommitByItself() {
        queue.add(group("small", 500));
        List<Event> large = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            large.add(TestEvents.sized(new StreamKey("large", "s"), number++, 60_000));
        }
        queue.add(new Group(large, 0, BOUND));

        assertThat(queue.next()).hasSize(1).allMatch(group -> group.key().org().equals("small"));
        assertThat(queue.next()).hasSize(1).allMatch(group -> group.bytes() == 600_000);
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void shouldTakeOutOnlyWhatStandsFirstAndMatches() {
        Group first = group("a", 300);
        Group second = group("a", 300);
        Group other = group("b", 300);
        List.of(first, second, other).forEach(queue::add);
        Set<Group> removed = new HashSet<>();
        Predicate<Group> condition = Set.of(second, other)::contains;

        queue.removeWhile(condition, removed::add);

        assertThat(removed).containsExactly(other);
        assertThat(queue.next()).containsExactly(first, second);
    }

    /** What is in the events does not matter here, and to parse them takes long. */
    private Group group(String org, int bytes) {
        Event event = parsed.computeIfAbsent(
                org + bytes, unknown -> TestEvents.sized(new StreamKey(org, "s"), number++, Math.max(200, bytes)));
        return new Group(List.of(event), 0, BOUND);
    }
}
