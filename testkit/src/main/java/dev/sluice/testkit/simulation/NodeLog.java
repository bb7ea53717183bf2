// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.simulation;

import dev.sluice.stream.StreamKey;
import dev.sluice.stream.log.Commit;
import dev.sluice.stream.log.CommitResult;
import dev.sluice.stream.log.KnownEvent;
import dev.sluice.stream.log.LogSlice;
import dev.sluice.stream.log.LogUnavailableException;
import dev.sluice.stream.log.ShardChanges;
import dev.sluice.stream.log.ShardVersion;
import dev.sluice.stream.log.StreamLog;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Map;
import java.util.function.Supplier;

/** The log as one node reaches it, or does not. */
final class NodeLog implements StreamLog {

    private static final int LONGEST_WAIT_MS = 5_000;

    private final World world;
    private boolean cut;

    NodeLog(World world) {
        this.world = world;
    }

    /** Whether requests fail from now on, at once or after a while. */
    void cut(boolean newCut) {
        cut = newCut;
    }

    @Override
    public int shards() {
        return world.log().shards();
    }

    @Override
    public Future<CommitResult> commit(Commit commit) {
        return ask(() -> world.log().commit(commit));
    }

    @Override
    public Future<LogSlice> read(StreamKey key, long fromSeq, int maxEvents, int maxBytes) {
        return ask(() -> world.log().read(key, fromSeq, maxEvents, maxBytes));
    }

    @Override
    public Future<LogSlice> renew(StreamKey key, KnownEvent known) {
        return ask(() -> world.log().renew(key, known));
    }

    @Override
    public Future<ShardVersion> version(int shard) {
        return ask(() -> world.log().version(shard));
    }

    @Override
    public Future<ShardChanges> changes(int shard, ShardVersion since) {
        Future<ShardChanges> changes = ask(() -> world.log().changes(shard, since));
        return world.sabotage() == Sabotage.REPAIR_SKIPPED
                ? changes.map(made -> new ShardChanges(made.version(), Map.of()))
                : changes;
    }

    private <T> Future<T> ask(Supplier<Future<T>> request) {
        if (!cut) {
            return request.get();
        }
        LogUnavailableException failure = new LogUnavailableException("cut off", null);
        if (world.random().nextBoolean()) {
            return Future.failedFuture(failure);
        }
        Promise<T> promise = Promise.promise();
        world.later(world.random().nextInt(LONGEST_WAIT_MS), () -> promise.fail(failure));
        return promise.future();
    }
}
