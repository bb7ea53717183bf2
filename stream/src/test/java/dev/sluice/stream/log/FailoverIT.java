// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import static dev.sluice.stream.log.StreamLogContract.OPTIONS;
import static dev.sluice.stream.log.StreamLogContract.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.core.HazelcastInstance;
import dev.sluice.stream.Event;
import dev.sluice.stream.Position;
import dev.sluice.stream.StreamKey;
import dev.sluice.stream.log.LogSlice.StoredEvent;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Owners of shards die. */
@Timeout(180)
class FailoverIT {

    /** How many commits of each committer are awaited before and after a death. */
    private static final int SOME = 100;

    private static final LogOptions ROOMY = new LogOptions(
            4,
            100_000,
            Duration.ofMinutes(5),
            Duration.ofDays(1),
            Duration.ofMinutes(5),
            65_536,
            256L << 20,
            64,
            Duration.ofHours(1));

    private final Members members = new Members(LogMap.config(1, null));
    private Vertx vertx;
    private StreamLog log;

    @BeforeEach
    void start() {
        vertx = Vertx.vertx();
        members.start();
        members.start();
        members.start();
        HazelcastInstance lite = members.startLite();
        members.awaitSafe();
        log = Members.open(vertx, lite, ROOMY);
    }

    @AfterEach
    void stop() {
        members.close();
        await(vertx.close());
    }

    @Test
    void shouldLoseAndDoubleNothingWhenTheOwnerDiesTwiceDuringCommits() {
        List<StreamKey> keys = keysOfShard(1, 2);
        List<Committer> committers = IntStream.range(0, 3)
                .mapToObj(i -> new Committer(vertx, log, keys))
                .toList();
        Watcher watcher = new Watcher(keys);
        AtomicBoolean enough = new AtomicBoolean();
        List<Future<Void>> running =
                committers.stream().map(committer -> committer.run(enough::get)).toList();
        Future<Void> watching = watcher.run(enough::get);

        awaitMoreCommits(committers);
        members.kill(members.ownerOf(1));
        members.start();
        members.awaitSafe();
        awaitMoreCommits(committers);
        members.kill(members.ownerOf(1));
        awaitMoreCommits(committers);
        enough.set(true);
        await(Future.all(running));
        await(watching);

        Map<Position, String> held = new HashMap<>();
        for (StreamKey key : keys) {
            held.putAll(allOf(key));
        }
        int acknowledged = 0;
        for (Committer committer : committers) {
            assertThat(held).containsAllEntriesOf(committer.acknowledged());
            assertThat(committer.acknowledged()).hasSize(committer.commits() * Committer.EVENTS);
            acknowledged += committer.acknowledged().size();
        }
        assertThat(held).as("each event once").hasSize(acknowledged);
        assertThat(held).as("nothing that a reader saw was replaced").containsAllEntriesOf(watcher.seen);
        assertThat(new HashSet<>(held.values())).hasSize(acknowledged);
    }

    @Test
    void shouldKeepTheEpochWhenTheOwnerDiesRightAfterTheFirstReader() {
        Map<StreamKey, String> epochs = new HashMap<>();
        for (StreamKey key : keysOfShard(2, 20)) {
            epochs.put(key, await(log.read(key, 1, 0, 0)).epoch());
        }

        members.kill(members.ownerOf(2));

        epochs.forEach((key, epoch) -> assertThat(readAgain(key, 1).epoch()).isEqualTo(epoch));
    }

    @Test
    void shouldGiveTheSameAnswerWhenACommitIsSentAgainAfterTheOwnerDied() {
        StreamKey key = keysOfShard(0, 1).get(0);
        List<Event> events = List.of(StreamLogContract.event(key, "a"), StreamLogContract.event(key, "b"));
        Commit commit = new Commit(0, UUID.randomUUID(), 1, events);
        CommitResult first = await(log.commit(commit));

        members.kill(members.ownerOf(0));
        CommitResult again = answerOf(() -> log.commit(commit));

        assertThat(again).isEqualTo(first);
        assertThat(readAgain(key, 1).head()).isEqualTo(2);
    }

    @Test
    void shouldRefuseNoStreamAndLoseNoneWhenMembersComeAndGo() {
        StreamKey key = keysOfShard(3, 1).get(0);
        Committer committer = new Committer(vertx, log, List.of(key));
        await(committer.run(() -> committer.commits() == 50));

        HazelcastInstance fourth = members.start();
        members.awaitSafe();
        HazelcastInstance owner = members.ownerOf(3);
        members.leave(owner == fourth ? fourth : owner);
        await(committer.run(() -> committer.commits() == 100));

        assertThat(allOf(key)).containsExactlyInAnyOrderEntriesOf(committer.acknowledged());
    }

    /** Reads on and on, as a gateway does, and remembers what it saw. */
    private final class Watcher {
        private final List<StreamKey> keys;
        private final Map<StreamKey, Long> next = new HashMap<>();
        private final Map<Position, String> seen = new HashMap<>();

        Watcher(List<StreamKey> keys) {
            this.keys = keys;
        }

        Future<Void> run(BooleanSupplier finished) {
            if (finished.getAsBoolean()) {
                return Future.succeededFuture();
            }
            Future<Void> round = Future.succeededFuture();
            for (StreamKey key : keys) {
                round = round.compose(ignored -> log.read(key, next.getOrDefault(key, 1L), 1_000, 1 << 20))
                        .<Void>map(slice -> {
                            next.put(key, slice.lastSeq() + 1);
                            seen.putAll(eventsOf(slice));
                            return null;
                        })
                        .otherwiseEmpty();
            }
            return round.compose(ignored -> vertx.timer(2, TimeUnit.MILLISECONDS))
                    .compose(ignored -> run(finished));
        }
    }

    private static void awaitMoreCommits(List<Committer> committers) {
        List<Integer> before = committers.stream().map(Committer::commits).toList();
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> IntStream.range(0, before.size())
                .allMatch(i -> committers.get(i).commits() >= before.get(i) + SOME));
    }

    private Map<Position, String> allOf(StreamKey key) {
        Map<Position, String> all = new HashMap<>();
        LogSlice slice = readAgain(key, 1);
        assertThat(slice.oldest()).isEqualTo(1);
        while (slice.lastSeq() < slice.head()) {
            all.putAll(eventsOf(slice));
            slice = readAgain(key, slice.lastSeq() + 1);
        }
        all.putAll(eventsOf(slice));
        assertThat(all).as("dense").hasSize((int) slice.head());
        return all;
    }

    private LogSlice readAgain(StreamKey key, long fromSeq) {
        return answerOf(() -> log.read(key, fromSeq, 1_000, 1 << 20));
    }

    private static <T> T answerOf(Supplier<Future<T>> operation) {
        List<T> answer = new ArrayList<>();
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .ignoreExceptionsInstanceOf(LogUnavailableException.class)
                .until(() -> answer.add(await(operation.get())));
        return answer.get(0);
    }

    private static Map<Position, String> eventsOf(LogSlice slice) {
        Map<Position, String> events = new HashMap<>();
        long seq = slice.firstSeq();
        for (StoredEvent event : slice.events()) {
            events.put(new Position(slice.epoch(), seq++), new String(event.json(), StandardCharsets.UTF_8));
        }
        return events;
    }

    private static List<StreamKey> keysOfShard(int shard, int count) {
        Set<StreamKey> keys = new HashSet<>();
        while (keys.size() < count) {
            StreamKey key = new StreamKey("org-" + UUID.randomUUID(), "finance");
            if (key.shard(OPTIONS.shards()) == shard) {
                keys.add(key);
            }
        }
        return List.copyOf(keys);
    }
}
