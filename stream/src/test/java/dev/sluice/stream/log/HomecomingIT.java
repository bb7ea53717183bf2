// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import static dev.sluice.stream.log.StreamLogContract.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.core.HazelcastInstance;
import dev.sluice.stream.StreamKey;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A cluster whose members all lose each other, and find each other again: no member has every shard, but together they do. */
@Timeout(120)
class HomecomingIT {

    private static final LogOptions OPTIONS = LogOptions.defaults();
    private static final int STREAMS = 64;

    private final Members members = new Members(LogMap.config(1, null)).mergingEvery(Duration.ofSeconds(5));
    private final Vertx vertx = Vertx.vertx();
    private HazelcastInstance first;
    private HazelcastInstance second;

    @BeforeEach
    void start() {
        first = members.start();
        second = members.start();
        members.start();
        members.awaitSafe();
    }

    @AfterEach
    void stop() {
        members.close();
        await(vertx.close());
    }

    @Test
    void shouldStillHaveEveryEventWhenAllNodesAreTogetherAgain() {
        StreamLog log = Members.open(vertx, first, OPTIONS);
        Map<StreamKey, String> epochs = publish(log);

        members.fallApart();
        // There is no quorum here that would refuse the questions meanwhile.
        Awaitility.await().until(() -> LostShards.of(first).mayComeHome());
        assertEveryEventIsThereInTheEnd(log, epochs);
    }

    /** It joins a part of the cluster, and is given shards that this part does not have. */
    @Test
    void shouldStillHaveEveryEventWhenANodeCameMeanwhile() {
        StreamLog log = Members.open(vertx, first, OPTIONS);
        Map<StreamKey, String> epochs = publish(log);

        members.kill(second);
        members.fallApart();
        HazelcastInstance newcomer = members.start();
        StreamLog there = Members.open(vertx, newcomer, OPTIONS);

        assertThat(newcomer.getCluster().getMembers()).as("the parts are apart").hasSize(2);
        assertEveryEventIsThereInTheEnd(there, epochs);
    }

    private static Map<StreamKey, String> publish(StreamLog log) {
        Map<StreamKey, String> epochs = new HashMap<>();
        for (int i = 0; i < STREAMS; i++) {
            StreamKey stream = new StreamKey("acme", "service" + i);
            await(log.commit(new Commit(
                    stream.shard(OPTIONS.shards()),
                    UUID.randomUUID(),
                    1,
                    List.of(StreamLogContract.event(stream, "a")))));
            epochs.put(stream, await(log.read(stream, 1, 1, 1 << 20)).epoch());
        }
        return epochs;
    }

    /** Asks for them before the parts of the cluster have found each other. */
    private void assertEveryEventIsThereInTheEnd(StreamLog log, Map<StreamKey, String> epochs) {
        Map<StreamKey, Future<LogSlice>> asked = new HashMap<>();
        epochs.keySet().forEach(stream -> asked.put(stream, log.read(stream, 1, 10, 1 << 20)));
        members.awaitSafe();

        assertThat(epochs).allSatisfy((stream, epoch) -> {
            // A question may have been under way to a member that was reset to join the others.
            LogSlice slice = await(asked.get(stream).recover(unavailable -> log.read(stream, 1, 10, 1 << 20)));
            assertThat(slice.head()).as("%s", stream).isEqualTo(1);
            assertThat(slice.epoch()).isEqualTo(epoch);
        });
    }
}
