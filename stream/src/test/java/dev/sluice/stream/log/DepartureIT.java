// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import static dev.sluice.stream.log.StreamLogContract.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.core.HazelcastInstance;
import dev.sluice.stream.StreamKey;
import dev.sluice.stream.cluster.HeldPartition;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Somebody leaves while a commit waits for its backup, which is somebody else's: that is no acknowledgement (ADR 0008). */
@Timeout(120)
class DepartureIT {

    private static final LogOptions OPTIONS = LogOptions.defaults();

    private final Members members = new Members(LogMap.config(1, null));
    private final Vertx vertx = Vertx.vertx();
    private HazelcastInstance master;
    private StreamKey stream;
    private int shard;

    @BeforeEach
    void start() {
        master = members.start();
        members.start();
        members.start();
        members.awaitSafe();
        stream = Stream.iterate(0, i -> i + 1)
                .map(i -> new StreamKey("acme", "service" + i))
                .filter(key -> members.ownerOf(key.shard(OPTIONS.shards())) == master)
                .findFirst()
                .orElseThrow();
        shard = stream.shard(OPTIONS.shards());
    }

    @AfterEach
    void stop() {
        members.close();
        await(vertx.close());
    }

    @Test
    void shouldNotTakeADepartureForTheAcknowledgementOfABackup() {
        StreamLog log = Members.open(vertx, master, OPTIONS);
        await(log.read(stream, 1, 1, 1));
        HazelcastInstance backup = members.backupOf(shard);
        HazelcastInstance third = members.other(master, backup);
        HeldPartition held = HeldPartition.of(backup, shard);
        try {
            Future<?> commit =
                    log.commit(new Commit(shard, UUID.randomUUID(), 1, List.of(StreamLogContract.event(stream, "a"))));
            // The version is read without waiting for backups: the owner has committed, and waits.
            Awaitility.await().until(() -> await(log.version(shard)).number() == 1);
            members.kill(third);
            Awaitility.await().until(() -> master.getCluster().getMembers().size() == 2);
            Awaitility.await().until(commit::isComplete);

            assertThat(commit.succeeded())
                    .as("acknowledged, though the backup has nothing")
                    .isFalse();
        } finally {
            held.letGo();
        }
    }
}
