// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.simulation;

import dev.sluice.stream.Event;
import dev.sluice.stream.EventParser;
import dev.sluice.stream.Position;
import dev.sluice.stream.Receipt;
import dev.sluice.stream.StreamKey;
import dev.sluice.stream.bus.CommittedBatch;
import dev.sluice.stream.log.Commit;
import dev.sluice.stream.log.CommitResult;
import dev.sluice.stream.log.LogSlice;
import dev.sluice.stream.log.StaleCommitException;
import dev.sluice.testkit.history.Entry;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Publishes as the product's publisher does: one commit of a shard under way at a time; one whose outcome is not known is made again
 * unchanged, then given up. Applications publish again what was given up, and now and then what was not.
 */
final class SimulatedPublisher {

    private static final String SOURCE = "/simulation";
    private static final int ATTEMPTS = 4;
    private static final int RECENT = 50;

    private final World world;
    private final String name;
    private final UUID uuid;
    private final Map<Integer, Lane> lanes = new HashMap<>();
    private final List<List<Event>> recent = new ArrayList<>();
    private int published;
    private boolean stopped;

    SimulatedPublisher(World world, String name) {
        this.world = world;
        this.name = name;
        this.uuid = new UUID(world.random().nextLong(), world.random().nextLong());
    }

    /** Publishes so many new events as one group. */
    void publish(StreamKey key, int count) {
        List<Event> group = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            group.add(event(key, name + "-" + ++published));
        }
        if (recent.size() < RECENT) {
            recent.add(group);
        } else {
            recent.set(world.random().nextInt(RECENT), group);
        }
        publish(group);
    }

    /** Publishes again what was published before, with the same ids. */
    void publishAgain() {
        if (!recent.isEmpty()) {
            publish(recent.get(world.random().nextInt(recent.size())));
        }
    }

    /** What is under way goes on; nothing is begun any more. */
    void stop() {
        stopped = true;
    }

    private void publish(List<Event> group) {
        if (stopped) {
            return;
        }
        for (Event event : group) {
            world.history()
                    .append(new Entry.Attempted(
                            now(), name, event.key().org(), event.key().service(), SOURCE, event.id()));
        }
        int shard = group.get(0).key().shard(world.log().shards());
        lanes.computeIfAbsent(shard, Lane::new).add(group);
    }

    private static Event event(StreamKey key, String id) {
        String json = "{\"specversion\":\"1.0\",\"id\":\"" + id + "\",\"source\":\"" + SOURCE
                + "\",\"type\":\"simulated\",\"org\":\"" + key.org() + "\",\"service\":\"" + key.service() + "\"}";
        return EventParser.parse(json.getBytes(StandardCharsets.UTF_8));
    }

    private long now() {
        return world.time().millis();
    }

    private void acknowledged(Event event, Position at, boolean duplicate) {
        world.history()
                .append(new Entry.Acknowledged(
                        now(),
                        name,
                        event.key().org(),
                        event.key().service(),
                        SOURCE,
                        event.id(),
                        at.epoch(),
                        at.seq(),
                        duplicate));
    }

    private void push(CommittedBatch batch) {
        CommittedBatch sent = world.sabotage() == Sabotage.FOREIGN_BATCH ? misdirected(batch) : batch;
        int shard = sent.runs().get(0).key().shard(world.log().shards());
        world.nodes().forEach(node -> node.push(shard, sent));
    }

    private CommittedBatch misdirected(CommittedBatch batch) {
        CommittedBatch.Run run = batch.runs().get(0);
        String other = run.key().org().equals(World.ORGS.get(0)) ? World.ORGS.get(1) : World.ORGS.get(0);
        StreamKey foreign = new StreamKey(other, run.key().service());
        LogSlice there = world.log().peek(foreign, 1);
        CommittedBatch.Run wrong = new CommittedBatch.Run(foreign, there.epoch(), there.head() + 1, run.events());
        return new CommittedBatch(batch.shard(), batch.version(), batch.timestamp(), List.of(wrong));
    }

    /** The commits of one shard. */
    private final class Lane {
        private final int shard;
        private final Deque<List<Event>> waiting = new ArrayDeque<>();
        private long number;
        private boolean busy;

        Lane(int shard) {
            this.shard = shard;
        }

        void add(List<Event> group) {
            waiting.add(group);
            next();
        }

        private void next() {
            if (!busy && !waiting.isEmpty()) {
                busy = true;
                attempt(new Commit(shard, uuid, ++number, waiting.remove()), 1);
            }
        }

        private void attempt(Commit commit, int attempt) {
            int fate = world.random().nextInt(20);
            if (fate == 0) {
                neverArrives(commit, attempt);
                return;
            }
            world.later(world.delay(), () -> {
                Future<CommitResult> outcome = world.log().commit(commit);
                if (fate <= 2) {
                    unanswered(commit, attempt);
                } else if (outcome.cause() instanceof StaleCommitException) {
                    // As the product's publisher does: what the number stood for is gone.
                    world.later(
                            world.delay(), () -> attempt(new Commit(shard, uuid, ++number, commit.events()), attempt));
                } else {
                    world.later(world.delay(), () -> answered(commit, outcome.result(), fate > 3));
                }
            });
        }

        private void neverArrives(Commit commit, int attempt) {
            if (world.sabotage() == Sabotage.ACKNOWLEDGED_TOO_EARLY) {
                Event first = commit.events().get(0);
                LogSlice now = world.log().peek(first.key(), 1);
                acknowledged(first, new Position(now.epoch(), now.head() + 1), false);
                done();
            } else {
                unanswered(commit, attempt);
            }
        }

        private void unanswered(Commit commit, int attempt) {
            world.later(500 + world.random().nextInt(1_500), () -> {
                if (attempt < ATTEMPTS && world.random().nextInt(4) > 0) {
                    attempt(commit, attempt + 1);
                } else {
                    giveUp(commit);
                }
            });
        }

        private void giveUp(Commit commit) {
            for (Event event : commit.events()) {
                world.history()
                        .append(new Entry.Unknown(
                                now(),
                                name,
                                event.key().org(),
                                event.key().service(),
                                SOURCE,
                                event.id(),
                                "no answer"));
            }
            done();
            if (world.random().nextBoolean()) {
                publish(commit.events());
            }
        }

        /** A publisher that dies after its commit pushes nothing. */
        private void answered(Commit commit, CommitResult result, boolean pushes) {
            for (int i = 0; i < commit.events().size(); i++) {
                Receipt receipt = result.receipts().get(i).orElseThrow();
                acknowledged(commit.events().get(i), receipt.position(), receipt.duplicate());
            }
            if (pushes) {
                CommittedBatch.of(commit, result).ifPresent(SimulatedPublisher.this::push);
            }
            done();
        }

        private void done() {
            busy = false;
            next();
        }
    }
}
