// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.Event;
import dev.sluice.stream.Receipt;
import dev.sluice.stream.StreamKey;
import dev.sluice.stream.bus.CommittedBatch;
import dev.sluice.stream.log.Commit;
import dev.sluice.stream.log.CommitResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.Size;

/**
 * Whatever the log does to the attempts (not reached, done but not answered, late, never, done long after they were given up), what was
 * promised holds: every publish is answered; what is acknowledged stands in the log where the receipt says, once, in order; what is
 * said not to be published is not there.
 */
class PublisherPropertyTest {

    private static final PublisherOptions OPTIONS = new PublisherOptions(
            1_000,
            1L << 20,
            Duration.ofMillis(400),
            Duration.ofMillis(10),
            Duration.ofMillis(40),
            3,
            Duration.ofMillis(60),
            Duration.ofSeconds(1),
            FairnessOptions.defaults(),
            PublisherHttpOptions.defaults());

    /** What happens to an attempt. */
    enum Fate {
        DONE,
        NOT_REACHED,
        ANSWER_LOST,
        LATE,
        LATE_AND_LOST,
        NEVER_ANSWERED,
        DONE_AFTER_IT_WAS_GIVEN_UP
    }

    /**
     * Something that a caller does.
     *
     * @param stream which one it publishes to
     * @param events how many together; 0 to publish an earlier event of the stream again
     * @param pauseMs what passes afterwards
     */
    record Step(int stream, int events, int pauseMs) {}

    /** A publish and its answer. */
    private record Published(StreamKey key, List<Event> events, Future<List<Receipt>> answer) {
        boolean isAcknowledged() {
            return answer.succeeded();
        }

        boolean isCertainlyNotThere() {
            return answer.failed() && !(answer.cause() instanceof PublishUnavailableException e && e.outcomeUnknown());
        }
    }

    @Provide
    Arbitrary<Step> steps() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, 5),
                        Arbitraries.frequency(Tuple.of(6, 1), Tuple.of(3, 3), Tuple.of(2, 0)),
                        Arbitraries.frequency(Tuple.of(6, 0), Tuple.of(3, 7), Tuple.of(1, 150)))
                .as(Step::new);
    }

    @Provide
    Arbitrary<Fate> fates() {
        return Arbitraries.frequency(
                Tuple.of(8, Fate.DONE),
                Tuple.of(4, Fate.NOT_REACHED),
                Tuple.of(4, Fate.ANSWER_LOST),
                Tuple.of(2, Fate.LATE),
                Tuple.of(2, Fate.LATE_AND_LOST),
                Tuple.of(1, Fate.NEVER_ANSWERED),
                Tuple.of(1, Fate.DONE_AFTER_IT_WAS_GIVEN_UP));
    }

    @Property(tries = 500)
    void shouldKeepWhatWasAcknowledgedOnceAndInOrderWhateverTheLogDoes(
            @ForAll @Size(min = 1, max = 80) List<@From("steps") Step> steps,
            @ForAll @Size(min = 1, max = 80) List<@From("fates") Fate> fates) {
        FaultyLog log = new FaultyLog(2, 64);
        PublisherBench bench = new PublisherBench(OPTIONS, log, new Random(11));
        Iterator<Fate> next = fates.iterator();
        log.behave(commit -> meet(next.hasNext() ? next.next() : Fate.DONE, commit, bench));

        List<Published> all = publish(steps, bench);
        bench.loop.advance(Duration.ofSeconds(10));

        assertThat(all)
                .as("every publish is answered")
                .allMatch(published -> published.answer().isComplete());
        assertThat(bench.gauge("sluice.publisher.queued")).isZero();
        checkReceipts(all, log);
        checkThatNothingIsTwice(all, log);
        checkRefused(all, log);
        checkOrder(all);
        checkNumbers(log.attempts());
        checkPushes(all, bench.pushes);
    }

    private static Future<CommitResult> meet(Fate fate, Commit commit, PublisherBench bench) {
        FaultyLog log = bench.log;
        Duration late = Duration.ofMillis(35);
        return switch (fate) {
            case DONE -> log.apply(commit);
            case NOT_REACHED -> log.failBefore(commit);
            case ANSWER_LOST -> log.failAfter(commit);
            case LATE -> FaultyLog.after(bench.loop, late, log::apply).commit(commit);
            case LATE_AND_LOST ->
                FaultyLog.after(bench.loop, late, log::failAfter).commit(commit);
            case NEVER_ANSWERED -> Promise.<CommitResult>promise().future();
            case DONE_AFTER_IT_WAS_GIVEN_UP ->
                FaultyLog.after(bench.loop, Duration.ofMillis(700), log::apply).commit(commit);
        };
    }

    private static List<Published> publish(List<Step> steps, PublisherBench bench) {
        List<Published> all = new ArrayList<>();
        Map<StreamKey, List<Event>> known = new HashMap<>();
        for (Step step : steps) {
            StreamKey key = new StreamKey("acme", "s" + step.stream());
            List<Event> earlier = known.computeIfAbsent(key, k -> new ArrayList<>());
            List<Event> events = step.events() == 0 && !earlier.isEmpty()
                    ? List.of(earlier.get(earlier.size() / 2))
                    : TestEvents.events(key, earlier.size(), Math.max(1, step.events()));
            earlier.addAll(events);
            all.add(new Published(key, events, bench.submitAll(events)));
            bench.loop.advanceMillis(step.pauseMs());
        }
        return all;
    }

    private static void checkReceipts(List<Published> all, FaultyLog log) {
        for (Published published : all) {
            if (published.isAcknowledged()) {
                List<String> stored = log.stored(published.key());
                for (int i = 0; i < published.events().size(); i++) {
                    Receipt receipt = published.answer().result().get(i);
                    assertThat(receipt.position().epoch())
                            .isEqualTo(log.slice(published.key()).epoch());
                    assertThat(stored.get((int) receipt.position().seq() - 1))
                            .isEqualTo(TestEvents.json(
                                    published.key(), published.events().get(i).id()));
                }
            }
        }
    }

    private static void checkThatNothingIsTwice(List<Published> all, FaultyLog log) {
        all.stream().map(Published::key).distinct().forEach(key -> assertThat(log.stored(key))
                .doesNotHaveDuplicates());
    }

    private static void checkRefused(List<Published> all, FaultyLog log) {
        Set<String> mayBeThere = new HashSet<>();
        all.stream()
                .filter(published -> !published.isCertainlyNotThere())
                .forEach(published -> published.events().forEach(event -> mayBeThere.add(event.key() + event.id())));
        for (Published published : all) {
            for (Event event : published.events()) {
                if (!mayBeThere.contains(event.key() + event.id())) {
                    assertThat(log.stored(event.key())).doesNotContain(TestEvents.json(event.key(), event.id()));
                }
            }
        }
    }

    private static void checkOrder(List<Published> all) {
        Map<StreamKey, Long> last = new HashMap<>();
        for (Published published : all) {
            if (published.isAcknowledged()) {
                for (Receipt receipt : published.answer().result()) {
                    if (!receipt.duplicate()) {
                        long seq = receipt.position().seq();
                        assertThat(seq).isGreaterThan(last.getOrDefault(published.key(), 0L));
                        last.put(published.key(), seq);
                    }
                }
            }
        }
    }

    private static void checkNumbers(List<Commit> attempts) {
        Map<Integer, Commit> last = new HashMap<>();
        for (Commit attempt : attempts) {
            Commit before = last.put(attempt.shard(), attempt);
            if (before != null) {
                assertThat(attempt.number()).isBetween(before.number(), before.number() + 1);
                assertThat(attempt.number() != before.number()
                                || attempt.events().equals(before.events()))
                        .as("the same commit again has the same events")
                        .isTrue();
            }
        }
    }

    private static void checkPushes(List<Published> all, List<CommittedBatch> pushes) {
        List<String> pushed = new ArrayList<>();
        for (CommittedBatch batch : pushes) {
            for (CommittedBatch.Run run : batch.runs()) {
                IntStream.range(0, run.events().size())
                        .forEach(i -> pushed.add(run.key() + " " + (run.firstSeq() + i)));
            }
        }
        assertThat(pushed).doesNotHaveDuplicates();
        Set<String> set = new HashSet<>(pushed);
        for (Published published : all) {
            if (published.isAcknowledged()) {
                published.answer().result().stream()
                        .filter(receipt -> !receipt.duplicate())
                        .forEach(receipt -> assertThat(set)
                                .contains(published.key() + " "
                                        + receipt.position().seq()));
            }
        }
    }
}
