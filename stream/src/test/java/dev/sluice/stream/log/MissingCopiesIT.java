// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import static dev.sluice.stream.log.StreamLogContract.OPTIONS;
import static dev.sluice.stream.log.StreamLogContract.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.cluster.ClusterState;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import dev.sluice.stream.StreamKey;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Backups that are gone and have no new place yet: nothing is promised meanwhile (ADR 0008). */
@Timeout(120)
class MissingCopiesIT {

    private static final int SHARD = 1;
    private static final Duration LONG_ENOUGH_TO_ANSWER = Duration.ofSeconds(2);

    private final Members members = new Members(LogMap.config(1, null));
    private Vertx vertx;
    private HazelcastInstance owner;
    private StreamKey stream;
    private StreamLog log;

    @BeforeEach
    void start() {
        vertx = Vertx.vertx();
        members.start();
        members.start();
        members.start();
        members.awaitSafe();
        stream = Stream.iterate(0, i -> i + 1)
                .map(i -> new StreamKey("acme", "service" + i))
                .filter(key -> key.shard(OPTIONS.shards()) == SHARD)
                .findFirst()
                .orElseThrow();
        owner = members.ownerOf(SHARD);
        log = Members.open(vertx, owner, OPTIONS);
        await(log.read(stream, 1, 1, 1));
        // As long as nothing may migrate, the shard has no other backup.
        owner.getCluster().changeClusterState(ClusterState.NO_MIGRATION);
        members.kill(members.backupOf(SHARD));
        Awaitility.await().until(() -> owner.getCluster().getMembers().size() == 2);
    }

    @AfterEach
    void stop() {
        members.close();
        await(vertx.close());
    }

    @Test
    void shouldAcknowledgeACommitOnlyWhenThereIsABackupAgain() {
        Future<?> commit =
                log.commit(new Commit(SHARD, UUID.randomUUID(), 1, List.of(StreamLogContract.event(stream, "a"))));

        stays(commit);
        owner.getCluster().changeClusterState(ClusterState.ACTIVE);

        await(commit);
        assertThat(await(log.read(stream, 1, 10, 1 << 20)).head()).isEqualTo(1);
    }

    @Test
    void shouldShowNothingThatIsNotReplicated() {
        Future<?> read = log.read(stream, 1, 10, 1 << 20);

        stays(read);
        owner.getCluster().changeClusterState(ClusterState.ACTIVE);

        await(read);
    }

    /** Who waits for 0 before the next node is stopped does not wait for the log only. */
    @Test
    void shouldCountAllThatHasNoBackupAndNotTheShardsAlone() {
        IMap<Integer, Integer> others = owner.getMap("others");
        // What the member that was killed owned goes over to those that have the copy.
        Awaitility.await().until(() -> owner.getPartitionService().getPartitions().stream()
                .allMatch(partition -> partition.getOwner() != null));
        for (int key = 0; key < 1_000; key++) {
            others.put(key, key);
        }
        assertThat(LogMap.missingCopies(owner)).isGreaterThan(OPTIONS.shards());

        owner.getCluster().changeClusterState(ClusterState.ACTIVE);
        Awaitility.await().pollInterval(Duration.ofMillis(1)).until(() -> LogMap.missingCopies(owner) == 0);
        members.kill(members.backupOf(SHARD));

        assertThat(others.size()).isEqualTo(1_000);
    }

    private static void stays(Future<?> unanswered) {
        Awaitility.await()
                .during(LONG_ENOUGH_TO_ANSWER)
                .atMost(LONG_ENOUGH_TO_ANSWER.plusSeconds(5))
                .until(() -> !unanswered.isComplete());
    }
}
