// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import dev.sluice.stream.StreamKey;
import java.util.List;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** What may happen to a shard, in simulations. Few streams, ids and publishers, so that they meet. */
sealed interface Action {

    /** The streams: three of one org, which may have two, and one of another. */
    List<StreamKey> STREAMS = List.of(
            new StreamKey("acme", "finance"),
            new StreamKey("acme", "staff"),
            new StreamKey("acme", "documents"),
            new StreamKey("other", "finance"));

    /** Bounds that are reached soon. */
    Limits TIGHT = new Limits(6, 1_000, 5_000, 2_000, 10, 32 << 20, 2);

    /**
     * A commit.
     *
     * @param publisher 0 to 2
     * @param back how many commits to go back: 0 is the next one, 1 the last one again, more are stale
     * @param events what the next one has
     */
    record Committing(int publisher, int back, List<Publishing> events) implements Action {
        UUID uuid() {
            return new UUID(5, publisher);
        }
    }

    /** An event of a commit. */
    record Publishing(int stream, int id) {
        CommitEntry entry() {
            return Replica.entry(STREAMS.get(stream), "id" + id, 0);
        }
    }

    /** A read of a stream. */
    record Reading(int stream, long fromSeq, int maxEvents) implements Action {
        ReadRequest request() {
            return new ReadRequest(STREAMS.get(stream), fromSeq, maxEvents, 1_000);
        }
    }

    /** A question for what changed. */
    record Asking() implements Action {}

    /** Time goes by; backwards, too, as when the next owner's clock is behind. */
    record Waiting(long millis) implements Action {}

    /** A sweep. */
    record Sweeping() implements Action {}

    /** The primary moves to another member. */
    record Migrating() implements Action {}

    static Arbitrary<List<Action>> lists() {
        Arbitrary<Integer> streams = Arbitraries.integers().between(0, 3);
        Arbitrary<Publishing> publishing = Combinators.combine(
                        streams, Arbitraries.integers().between(0, 14))
                .as(Publishing::new);
        Arbitrary<Action> committing = Combinators.combine(
                        Arbitraries.integers().between(0, 2),
                        Arbitraries.frequency(Tuple.of(6, 0), Tuple.of(2, 1), Tuple.of(1, 2)),
                        publishing.list().ofMinSize(1).ofMaxSize(5))
                .as(Committing::new);
        Arbitrary<Action> reading = Combinators.combine(
                        streams,
                        Arbitraries.longs().between(0, 30),
                        Arbitraries.integers().between(0, 8))
                .as(Reading::new);
        Arbitrary<Action> waiting = Arbitraries.oneOf(
                        Arbitraries.longs().between(0, 600), Arbitraries.longs().between(-300, 6_000))
                .map(Waiting::new);
        return Arbitraries.frequencyOf(
                        Tuple.of(8, committing),
                        Tuple.of(3, reading),
                        Tuple.of(2, waiting),
                        Tuple.of(1, Arbitraries.just(new Asking())),
                        Tuple.of(1, Arbitraries.just(new Sweeping())),
                        Tuple.of(1, Arbitraries.just(new Migrating())))
                .list()
                .ofMaxSize(80);
    }
}
