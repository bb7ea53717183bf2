// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.simulation.ManualTime;
import dev.sluice.stream.StreamKey;
import dev.sluice.stream.log.Commit;
import dev.sluice.stream.log.CommitResult;
import dev.sluice.stream.log.KnownEvent;
import dev.sluice.stream.log.LogSlice;
import dev.sluice.stream.log.ShardChanges;
import dev.sluice.stream.log.ShardVersion;
import dev.sluice.stream.log.StreamLog;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LogReadsTest {

    private final ManualTime time = new ManualTime();
    private final HeldLog log = new HeldLog();
    private final LogReads reads = new LogReads(time.loop(), log);

    /** A log that answers when the test says so. */
    private static final class HeldLog implements StreamLog {
        private final Deque<Promise<LogSlice>> held = new ArrayDeque<>();
        private final List<String> begun = new ArrayList<>();
        private boolean throwing;

        @Override
        public Future<LogSlice> read(StreamKey key, long fromSeq, int maxEvents, int maxBytes) {
            begun.add(key.org());
            if (throwing) {
                throw new IllegalStateException("a bug");
            }
            held.add(Promise.promise());
            return held.getLast().future();
        }

        @Override
        public int shards() {
            return 1;
        }

        @Override
        public Future<CommitResult> commit(Commit commit) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Future<LogSlice> renew(StreamKey key, KnownEvent known) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Future<ShardVersion> version(int shard) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Future<ShardChanges> changes(int shard, ShardVersion since) {
            throw new UnsupportedOperationException();
        }
    }

    private Future<LogSlice> read(String org) {
        return reads.read(new StreamKey(org, "finance"), 1, 100, 1_000);
    }

    private void answerOldest() {
        log.held.remove().fail("no matter");
        time.settle();
    }

    @Test
    void shouldReadForAQuietOrgAtOnceWhenThousandsOfAnotherComeBack() {
        for (int i = 0; i < 5_000; i++) {
            read("noisy");
        }
        assertThat(log.begun).hasSize(LogReads.MAX_READS_PER_ORG);

        read("quiet");

        assertThat(log.begun).last().isEqualTo("quiet");
    }

    @Test
    void shouldGiveAQuietOrgTheNextPlaceWhenManyOrgsFillAll() {
        for (int i = 0; i < 1_000; i++) {
            read("noisy" + i % 20);
        }
        assertThat(log.begun).hasSize(LogReads.MAX_READS);

        read("quiet");
        for (int answers = 0; answers < 21; answers++) {
            answerOldest();
        }

        assertThat(log.begun).as("one round of the orgs later").contains("quiet");
    }

    @Test
    void shouldAnswerAllWithinItsBoundsWhateverTheOrder() {
        Random random = new Random(1);
        List<Future<LogSlice>> all = new ArrayList<>();
        while (all.size() < 3_000) {
            if (random.nextInt(3) > 0) {
                all.add(read("org" + random.nextInt(1 + random.nextInt(12))));
            } else if (!log.held.isEmpty()) {
                answerOldest();
            }
            assertThat(log.held).hasSizeLessThanOrEqualTo(LogReads.MAX_READS);
        }
        while (!log.held.isEmpty()) {
            answerOldest();
        }
        Map<String, Integer> begun = new HashMap<>();
        log.begun.forEach(org -> begun.merge(org, 1, Integer::sum));

        assertThat(all).allMatch(Future::isComplete);
        assertThat(begun.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(3_000);
        assertThat(reads).extracting("orgs").isEqualTo(Map.of());
    }

    @Test
    void shouldFailAReadAndGoOnWhenTheLogThrows() {
        log.throwing = true;
        Future<LogSlice> failed = read("acme");
        time.settle();
        log.throwing = false;

        assertThat(failed.cause()).hasMessage("a bug");
        read("acme");
        assertThat(log.held).hasSize(1);
    }
}
