// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.Position;
import dev.sluice.stream.Receipt;
import dev.sluice.stream.StreamKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.BooleanSupplier;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Whatever happens in whatever order. */
class ShardPropertyTest {

    @Provide
    Arbitrary<List<Action>> actions() {
        return Action.lists();
    }

    @Property(tries = 2_000, seed = "2026")
    void shouldDoWhatTheModelSaysWhateverHappens(@ForAll("actions") List<Action> actions) {
        Replica shard = new Replica(Action.TIGHT);
        LogModel model = new LogModel(shard);
        Simulation simulation = new Simulation(shard, model);
        for (Action action : actions) {
            simulation.run(List.of(action));
            model.checkChanges();
        }
    }

    @Property(tries = 2_000, seed = "2026")
    void shouldHaveEqualBackupsWhateverHappens(@ForAll("actions") List<Action> actions) {
        Replica shard = new Replica(Action.TIGHT);
        Replica backup = new Replica(Action.TIGHT);
        Simulation simulation =
                new Simulation(shard, new Replicating(shard, backup, () -> true, new Simulation.Observer() {}));
        for (Action action : actions) {
            simulation.run(List.of(action));
            assertThat(backup.bytes()).isEqualTo(shard.bytes());
        }
        assertThat(backup.state.bytes()).isEqualTo(shard.state.bytes());
    }

    @Property(tries = 2_000, seed = "2026")
    void shouldStayWithinItsBytesAndKeepBackupsEqualWhateverHappens(@ForAll("actions") List<Action> actions) {
        Limits small = new Limits(6, 1_000, 5_000, 2_000, 10, 6_000, 2);
        Replica shard = new Replica(small);
        Replica backup = new Replica(small);
        Simulation simulation =
                new Simulation(shard, new Replicating(shard, backup, () -> true, new Simulation.Observer() {
                    @Override
                    public void committed(CommitRequest request, ShardState.Committed outcome) {
                        assertThat(shard.state.bytes()).isLessThanOrEqualTo(small.maxShardBytes());
                    }
                }));
        for (Action action : actions) {
            simulation.run(List.of(action));
            assertThat(backup.bytes()).isEqualTo(shard.bytes());
            assertThat(shard.migrated().bytes()).as("the running total").isEqualTo(shard.state.bytes());
        }
    }

    /** Whatever the orgs publish: who holds less than an equal part of the shard loses nothing to its bound of bytes. */
    @Property(tries = 300, seed = "2026")
    void shouldTakeNothingFromAnOrgWithinItsEqualPart(
            @ForAll @Size(max = 120) List<@IntRange(min = 0, max = 3) Integer> orgs,
            @ForAll @Size(min = 4, max = 4) List<@IntRange(min = 100, max = 9_000) Integer> sizes) {
        Limits limits = new Limits(100_000, 300_000, 86_400_000, 300_000, 100_000, 100_000, 64);
        Replica shard = new Replica(limits);
        Map<StreamKey, Long> published = new HashMap<>();
        int number = 0;
        for (int org : orgs) {
            // The last org has many streams.
            StreamKey key = new StreamKey("org" + org, org == 3 ? "s" + number % 20 : "s");
            shard.commit(++number, List.of(Replica.entry(key, "e" + number, sizes.get(org))));
            published.merge(key, 1L, Long::sum);
        }
        // A tenth is let go at a time; the streams and the answers cost something, too.
        long equalPart = 90_000 / 4 - 15_000 / 4;
        for (int org = 0; org < 4; org++) {
            String name = "org" + org;
            List<StreamKey> keys = published.keySet().stream()
                    .filter(key -> key.org().equals(name))
                    .toList();
            long events = keys.stream().mapToLong(published::get).sum();
            if (events * (sizes.get(org) + 100L) <= equalPart) {
                assertThat(keys).allMatch(key -> shard.read(key, 1).oldest() == 1);
            }
        }
    }

    /**
     * A backup that missed some deltas is promoted. Only what was answered counts: an operation whose delta was missed
     * was not acknowledged.
     */
    @Property(tries = 2_000, seed = "2026")
    void shouldNeverContradictWhatWasAnsweredWhenABackupThatMissedSomeIsPromoted(
            @ForAll("actions") List<Action> before, @ForAll("actions") List<Action> after, @ForAll Random losses) {
        Replica shard = new Replica(Action.TIGHT);
        Replica backup = new Replica(Action.TIGHT, 43);
        Promises promises = new Promises();
        Simulation simulation =
                new Simulation(shard, new Replicating(shard, backup, () -> losses.nextInt(4) != 0, promises));
        simulation.run(before);
        promises.assertKeptBy(backup, shard);

        simulation.promote(backup, promises);
        simulation.run(after);
    }

    /** Brings deltas to a backup, or loses them. */
    private static final class Replicating implements Simulation.Observer {
        private final Replica primary;
        private final Replica backup;
        private final BooleanSupplier arrives;
        private final Simulation.Observer caller;

        Replicating(Replica primary, Replica backup, BooleanSupplier arrives, Simulation.Observer caller) {
            this.primary = primary;
            this.backup = backup;
            this.arrives = arrives;
            this.caller = caller;
        }

        @Override
        public void committed(CommitRequest request, ShardState.Committed outcome) {
            if (outcome.delta() != null && arrives.getAsBoolean()) {
                backup.apply(outcome.delta());
                caller.committed(request, outcome);
            }
        }

        @Override
        public void read(ReadRequest request, ShardState.Read outcome) {
            if (outcome.delta() != null && arrives.getAsBoolean()) {
                backup.apply(outcome.delta());
                caller.read(request, outcome);
            }
        }

        @Override
        public void asked(ShardChanges changes, ShardDelta delta) {
            if (arrives.getAsBoolean()) {
                backup.apply(delta);
                caller.asked(changes, delta);
            }
        }

        @Override
        public void swept() {
            if (arrives.getAsBoolean()) {
                backup.now = primary.now;
                backup.sweep();
            }
        }
    }

    /** All that was ever answered: which event stands where, and which commit made which version. */
    private static final class Promises implements Simulation.Observer {
        private final Map<String, byte[]> eventAt = new HashMap<>();
        private final Map<StreamKey, Set<Position>> acknowledged = new HashMap<>();
        private final Map<ShardVersion, List<Object>> commitOf = new HashMap<>();
        private long versionTold;

        @Override
        public void committed(CommitRequest request, ShardState.Committed outcome) {
            if (outcome.delta() == null) {
                return;
            }
            CommitResult result = outcome.reply().toResult();
            List<Object> positions = new ArrayList<>();
            Set<List<Object>> added = new HashSet<>();
            for (int i = 0; i < request.entries().size(); i++) {
                Optional<Receipt> receipt = result.receipts().get(i);
                if (receipt.isPresent()) {
                    CommitEntry entry = request.entries().get(i);
                    place(entry.key() + "@" + receipt.get().position(), entry.json());
                    acknowledged
                            .computeIfAbsent(entry.key(), key -> new HashSet<>())
                            .add(receipt.get().position());
                    if (!receipt.get().duplicate()) {
                        assertThat(added.add(List.of(entry.key(), entry.id())))
                                .as("no id at two positions")
                                .isTrue();
                        positions.add(receipt.get().position());
                    }
                }
            }
            if (!positions.isEmpty()) {
                boolean fresh = outcome.delta().retain();
                assertThat(!fresh || result.version().number() > versionTold)
                        .as("a version that nobody was told of before")
                        .isTrue();
                List<Object> others = commitOf.putIfAbsent(result.version(), positions);
                assertThat(others == null || others.equals(positions))
                        .as("one commit a version")
                        .isTrue();
            }
        }

        @Override
        public void read(ReadRequest request, ShardState.Read outcome) {
            if (outcome.delta() == null) {
                return;
            }
            LogSlice slice = outcome.reply().toSlice();
            for (int i = 0; i < slice.events().size(); i++) {
                place(
                        request.key() + "@" + slice.epoch() + ":" + (slice.firstSeq() + i),
                        slice.events().get(i).json());
            }
        }

        @Override
        public void asked(ShardChanges changes, ShardDelta delta) {
            versionTold = Math.max(versionTold, changes.version().number());
        }

        /** Nothing that was acknowledged and that the primary still holds is missing on the backup. */
        void assertKeptBy(Replica backup, Replica primary) {
            acknowledged.forEach((key, positions) -> positions.stream()
                    .filter(position -> isHeldBy(primary.state, key, position, primary))
                    .forEach(position -> assertThat(isHeldBy(backup.state, key, position, primary))
                            .as("%s %s", key, position)
                            .isTrue()));
        }

        private static boolean isHeldBy(ShardState state, StreamKey key, Position position, Replica asker) {
            LogSlice slice = state.copy()
                    .read(
                            new ReadRequest(key, position.seq(), 1, Integer.MAX_VALUE),
                            asker.now,
                            asker.limits,
                            new Random(1))
                    .reply()
                    .slice();
            return slice != null
                    && slice.epoch().equals(position.epoch())
                    && slice.firstSeq() == position.seq()
                    && !slice.events().isEmpty();
        }

        private void place(String position, byte[] json) {
            byte[] other = eventAt.putIfAbsent(position, json);
            assertThat(json).as(position).isEqualTo(other == null ? json : other);
        }
    }
}
