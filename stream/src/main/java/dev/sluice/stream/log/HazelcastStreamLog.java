// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import dev.sluice.stream.StreamKey;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * The log in the cluster: every call is one operation on the shard's entry in {@link LogMap}, run by the shard's owner
 * and acknowledged by its backups.
 *
 * <p>The promises of {@link StreamLog} need of the Hazelcast instance: {@link LogSerializerFactory#register}, the map
 * as {@link LogMap#config} makes it, and the property {@code hazelcast.operation.fail.on.indeterminate.state=true},
 * without which an operation whose backup was lost succeeds. A cluster of fewer nodes than 1 + backups acknowledges
 * with as many backups as it has.
 *
 * <p>Thread-safe. Futures complete on the Vert.x context of the caller.
 */
public final class HazelcastStreamLog implements StreamLog {

    private final Operations operations;
    private final int shards;
    private final Limits limits;

    /** The way of an operation to its shard and of the answer back; a simulation has its own network. */
    interface Operations {

        /**
         * Runs the processor on the owner of the shard.
         *
         * @return empty if the processor answers null; fails with {@link LogUnavailableException} and nothing else
         */
        <R> Future<Optional<R>> submit(int shard, ShardProcessor<R> processor);
    }

    HazelcastStreamLog(Operations operations, LogOptions options) {
        this.operations = operations;
        this.shards = options.shards();
        this.limits = options.limits();
    }

    /**
     * Opens the log after checking the map's configuration and the number of shards.
     *
     * @param hazelcast a member of the cluster; one that keeps no data (lite) will do. Stays the caller's to shut down
     * @return fails with {@link IllegalStateException} when something is configured wrongly, its message being what to
     *     tell the operator; with {@link LogUnavailableException} when the cluster cannot answer yet, no quorum for
     *     example: then try again
     */
    public static Future<StreamLog> open(Vertx vertx, HazelcastInstance hazelcast, LogOptions options) {
        return vertx.executeBlocking(
                () -> {
                    checkCluster(hazelcast, options);
                    return new HazelcastStreamLog(new ShardOperations(vertx, hazelcast), options);
                },
                false);
    }

    @Override
    public int shards() {
        return shards;
    }

    @Override
    public Future<CommitResult> commit(Commit commit) {
        CommitRequest request = CommitRequest.of(commit, shards);
        return submit(commit.shard(), new CommitProcessor(request, limits), CommitReply::toResult);
    }

    @Override
    public Future<LogSlice> read(StreamKey key, long fromSeq, int maxEvents, int maxBytes) {
        ReadRequest request = new ReadRequest(key, fromSeq, maxEvents, maxBytes);
        return submit(key.shard(shards), new ReadProcessor(request, limits), ReadReply::toSlice);
    }

    @Override
    public Future<LogSlice> renew(StreamKey key, KnownEvent known) {
        return submit(key.shard(shards), new RenewProcessor(key, known, limits), ReadReply::toSlice);
    }

    @Override
    public Future<ShardVersion> version(int shard) {
        return submit(checked(shard), new VersionProcessor(), Function.identity());
    }

    @Override
    public Future<ShardChanges> changes(int shard, ShardVersion since) {
        Objects.requireNonNull(since);
        return submit(checked(shard), new ChangesProcessor(since, limits), Function.identity());
    }

    private int checked(int shard) {
        return Objects.checkIndex(shard, shards);
    }

    private <R, T> Future<T> submit(int shard, ShardProcessor<R> processor, Function<R, T> toResult) {
        return operations
                .submit(shard, processor)
                .map(reply -> toResult.apply(reply.orElseThrow(() -> new IllegalStateException("an empty answer"))));
    }

    private static void checkCluster(HazelcastInstance hazelcast, LogOptions options) {
        try {
            LogMap.check(hazelcast);
            ShardCount.agree(hazelcast, options.shards());
        } catch (HazelcastException | HazelcastInstanceNotActiveException e) {
            throw LogFailures.unavailable(e);
        }
    }
}
