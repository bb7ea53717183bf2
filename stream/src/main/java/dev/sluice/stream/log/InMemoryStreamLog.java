// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import dev.sluice.stream.StreamKey;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * The log without a cluster, for tests and simulations: the same shards as in the cluster, on one replica, with the
 * caller's time and chance. Futures are complete when they are returned. Not thread-safe, unlike what {@link StreamLog}
 * asks: to be used from one thread.
 */
public final class InMemoryStreamLog implements StreamLog {

    private final ShardState[] shards;
    private final Limits limits;
    private final InstantSource clock;
    private final RandomGenerator random;

    /** An empty log; {@code clock} and {@code random} may be a test's own. */
    public InMemoryStreamLog(LogOptions options, InstantSource clock, RandomGenerator random) {
        this(options.shards(), options.limits(), clock, random);
    }

    private InMemoryStreamLog(int shards, Limits limits, InstantSource clock, RandomGenerator random) {
        this.shards = new ShardState[shards];
        this.limits = limits;
        this.clock = clock;
        this.random = random;
    }

    @Override
    public int shards() {
        return shards.length;
    }

    @Override
    public Future<CommitResult> commit(Commit commit) {
        CommitRequest request = CommitRequest.of(commit, shards.length);
        CommitReply reply = shard(commit.shard())
                .commit(request, clock.millis(), limits, random)
                .reply();
        return Future.succeededFuture(reply).map(CommitReply::toResult);
    }

    @Override
    public Future<LogSlice> read(StreamKey key, long fromSeq, int maxEvents, int maxBytes) {
        ReadRequest request = new ReadRequest(key, fromSeq, maxEvents, maxBytes);
        ReadReply reply = shard(key.shard(shards.length))
                .read(request, clock.millis(), limits, random)
                .reply();
        return Future.succeededFuture(reply).map(ReadReply::toSlice);
    }

    @Override
    public Future<LogSlice> renew(StreamKey key, KnownEvent known) {
        ReadReply reply = shard(key.shard(shards.length))
                .renew(key, known, clock.millis(), limits, random)
                .reply();
        return Future.succeededFuture(reply).map(ReadReply::toSlice);
    }

    @Override
    public Future<ShardVersion> version(int shard) {
        ShardState state = shards[shard];
        return Future.succeededFuture(state == null ? ShardVersion.NONE : state.version());
    }

    @Override
    public Future<ShardChanges> changes(int shard, ShardVersion since) {
        Objects.requireNonNull(since);
        ShardState state = shards[shard];
        return Future.succeededFuture(
                state == null ? new ShardChanges(ShardVersion.NONE, Map.of()) : state.changes(since));
    }

    /**
     * Another replica with the same content, which does not hear of what comes later: who goes on with it has lost that, as when more nodes
     * are lost at once than there are backups.
     */
    public InMemoryStreamLog copy() {
        InMemoryStreamLog copy = new InMemoryStreamLog(shards.length, limits, clock, random);
        for (int shard = 0; shard < shards.length; shard++) {
            copy.shards[shard] = shards[shard] == null ? null : shards[shard].copy();
        }
        return copy;
    }

    /** Sweeps every shard, as the cluster does every {@link LogOptions#sweepInterval()}. */
    public void sweep() {
        for (ShardState shard : shards) {
            if (shard != null) {
                shard.sweep(clock.millis(), limits);
            }
        }
    }

    private ShardState shard(int shard) {
        if (shards[shard] == null) {
            shards[shard] = new ShardState(ShardState.incarnation(random));
        }
        return shards[shard];
    }
}
