// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import static dev.sluice.stream.log.StreamLogContract.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.impl.HazelcastInstanceProxy;
import com.hazelcast.instance.impl.Node;
import com.hazelcast.spi.impl.PartitionSpecificRunnable;
import dev.sluice.stream.StreamKey;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
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
    private final CountDownLatch backupMayGoOn = new CountDownLatch(1);
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
        backupMayGoOn.countDown();
        members.close();
        await(vertx.close());
    }

    @Test
    void shouldNotTakeADepartureForTheAcknowledgementOfABackup() {
        StreamLog log = Members.open(vertx, master, OPTIONS);
        await(log.read(stream, 1, 1, 1));
        HazelcastInstance backup = members.backupOf(shard);
        HazelcastInstance third = members.other(master, backup);
        block(backup);

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
    }

    /** Nothing of the shard happens on that member until the test ends. */
    private void block(HazelcastInstance member) {
        Node node = ((HazelcastInstanceProxy) member).getOriginal().node;
        int partition = node.getPartitionService().getPartitionId((Object) shard);
        CountDownLatch blocked = new CountDownLatch(1);
        node.getNodeEngine().getOperationService().execute(new PartitionSpecificRunnable() {
            @Override
            public int getPartitionId() {
                return partition;
            }

            @Override
            public void run() {
                blocked.countDown();
                try {
                    backupMayGoOn.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        });
        Awaitility.await().until(() -> blocked.getCount() == 0);
    }
}
