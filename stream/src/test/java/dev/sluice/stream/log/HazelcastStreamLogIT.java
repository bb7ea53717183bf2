// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.core.HazelcastInstance;
import dev.sluice.stream.StreamKey;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The contract in a cluster of two members that keep data and one that keeps none, and what only a cluster has. */
@Timeout(120)
class HazelcastStreamLogIT extends StreamLogContract {

    private static final Members MEMBERS = new Members(LogMap.config(1, null));
    private static Vertx vertx;
    private static List<StreamLog> logs;
    private static HazelcastInstance first;
    private static HazelcastInstance lite;

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
        first = MEMBERS.start();
        HazelcastInstance second = MEMBERS.start();
        lite = MEMBERS.startLite();
        MEMBERS.awaitSafe();
        logs = new ArrayList<>();
        for (HazelcastInstance member : List.of(lite, first, second)) {
            logs.add(Members.open(vertx, member, OPTIONS));
        }
    }

    @AfterAll
    static void stop() {
        MEMBERS.close();
        await(vertx.close());
    }

    /** The one without data, so that every operation goes over the wire. */
    @Override
    StreamLog log() {
        return logs.get(0);
    }

    @Test
    void shouldBeOneLogWhenUsedFromEveryMember() {
        StreamKey key = new StreamKey("org-" + UUID.randomUUID(), "finance");
        int shard = key.shard(OPTIONS.shards());
        for (int i = 0; i < logs.size(); i++) {
            UUID publisher = UUID.randomUUID();
            await(logs.get(i).commit(new Commit(shard, publisher, 1, List.of(event(key, "e" + i)))));
        }

        for (StreamLog log : logs) {
            LogSlice slice = await(log.read(key, 1, 10, 10_000));
            assertThat(slice.head()).isEqualTo(3);
            assertThat(slice.events()).hasSize(3);
        }
    }

    @Test
    void shouldCompleteOnTheContextOfTheCaller() {
        Context context = vertx.getOrCreateContext();
        StreamKey key = new StreamKey("org-" + UUID.randomUUID(), "finance");
        Future<Context> where = Future.future(promise -> context.runOnContext(ignored ->
                log().read(key, 1, 1, 1).map(slice -> Vertx.currentContext()).onComplete(promise)));

        assertThat(await(where)).isSameAs(context);
    }

    @Test
    void shouldNotOpenWhenTheNumberOfShardsDiffers() {
        LogOptions other = new LogOptions(
                8,
                1_000,
                Duration.ofMinutes(5),
                Duration.ofDays(1),
                Duration.ofMinutes(5),
                4_096,
                32L << 20,
                2,
                Duration.ofHours(1));

        assertThatThrownBy(() -> await(HazelcastStreamLog.open(vertx, first, other)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("log.shards is 8")
                .hasMessageContaining("formed with 4");
    }

    @Test
    void shouldSweepEveryShardOnceWhenAllMembersSweep() {
        StreamKey[] keys = IntStream.range(0, 20)
                .mapToObj(i -> new StreamKey("sweep-" + i + "-" + UUID.randomUUID(), "finance"))
                .toArray(StreamKey[]::new);
        String[] epochs = new String[keys.length];
        for (int i = 0; i < keys.length; i++) {
            epochs[i] = await(log().read(keys[i], 1, 0, 0)).epoch();
        }
        InstantSource tomorrow = InstantSource.offset(InstantSource.system(), OPTIONS.forgetAfter());

        for (HazelcastInstance member : List.of(first, lite)) {
            await(new LogSweeper(vertx, member, OPTIONS, tomorrow).sweep());
        }

        for (int i = 0; i < keys.length; i++) {
            boolean swept = MEMBERS.ownerOf(keys[i].shard(OPTIONS.shards())) == first;
            assertThat(await(log().read(keys[i], 1, 0, 0)).epoch().equals(epochs[i]))
                    .isEqualTo(!swept);
        }
    }

    @Test
    void shouldSweepByItselfUntilClosedWhenStarted() {
        LogOptions often = new LogOptions(
                4,
                1_000,
                Duration.ofMinutes(5),
                Duration.ofDays(1),
                Duration.ofMinutes(5),
                4_096,
                32L << 20,
                2,
                Duration.ofSeconds(1));
        StreamKey key = new StreamKey("org-" + UUID.randomUUID(), "finance");
        // Four shards over three members: one member may well own none.
        HazelcastInstance owner = MEMBERS.ownerOf(key.shard(OPTIONS.shards()));
        String epoch = await(log().read(key, 1, 0, 0)).epoch();
        InstantSource tomorrow = InstantSource.offset(InstantSource.system(), OPTIONS.forgetAfter());
        LogSweeper sweeper = new LogSweeper(vertx, owner, often, tomorrow);

        sweeper.start();
        Awaitility.await().until(() -> !await(log().read(key, 1, 0, 0)).epoch().equals(epoch));
        await(sweeper.close());
        String last = await(log().read(key, 1, 0, 0)).epoch();
        await(vertx.timer(1_500, TimeUnit.MILLISECONDS));

        assertThat(await(log().read(key, 1, 0, 0)).epoch()).isEqualTo(last);
    }

    @Test
    void shouldSayThatTheNodeIsGoneWhenItsMemberWasShutDown() {
        HazelcastInstance leaving = MEMBERS.startLite();
        StreamLog log = await(HazelcastStreamLog.open(vertx, leaving, OPTIONS));
        LogSweeper sweeper = new LogSweeper(vertx, leaving, OPTIONS, InstantSource.system());
        MEMBERS.kill(leaving);

        assertThatThrownBy(() -> await(log.version(0)))
                .isInstanceOf(LogUnavailableException.class)
                .hasMessage("this node is not in the cluster any more");
        assertThat(sweeper.sweep().succeeded()).isTrue();
        assertThatThrownBy(() -> await(HazelcastStreamLog.open(vertx, leaving, OPTIONS)))
                .isInstanceOf(LogUnavailableException.class);
    }
}
