// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Sends operations to shards and brings their answers to the caller's context; sends again what a departure may have answered. Thread-safe.
 */
final class ShardOperations implements HazelcastStreamLog.Operations {

    /** Departures come seldom, and each operation outlives one. */
    private static final int MAX_TRIES = 5;

    private final Vertx vertx;
    private final IMap<Integer, Wired<ShardState>> map;
    private final Departures departures;

    ShardOperations(Vertx vertx, HazelcastInstance hazelcast) {
        this.vertx = vertx;
        this.map = LogMap.of(hazelcast);
        this.departures = Departures.of(hazelcast);
    }

    @Override
    public <R> Future<Optional<R>> submit(int shard, ShardProcessor<R> processor) {
        return submit(shard, processor, 1);
    }

    private <R> Future<Optional<R>> submit(int shard, ShardProcessor<R> processor, int attempt) {
        long begun;
        CompletionStage<Wired<R>> stage;
        try {
            begun = departures.begin();
            stage = map.submitToKey(shard, processor);
        } catch (RuntimeException e) {
            return Future.failedFuture(LogFailures.unavailable(e));
        }
        return onContext(stage)
                .recover(failure -> Future.failedFuture(LogFailures.unavailable(failure)))
                .compose(reply -> processor.waitsForBackups() && !departures.nobodyLeftSince(begun)
                        ? submitAgain(shard, processor, attempt)
                        : Future.succeededFuture(Optional.ofNullable(reply).map(Wired::value)));
    }

    /** Every processor that waits for backups may run again: it finds what it did, and answers the same. */
    private <R> Future<Optional<R>> submitAgain(int shard, ShardProcessor<R> processor, int attempt) {
        if (attempt == MAX_TRIES) {
            return Future.failedFuture(new LogUnavailableException(
                    "nodes were lost again and again during the operation; it is not known whether it took place",
                    null));
        }
        Promise<Void> quiet = Promise.promise();
        vertx.setTimer(departures.millisUntilQuiet(), timer -> quiet.complete());
        return quiet.future().compose(ignored -> submit(shard, processor, attempt + 1));
    }

    /** Straight to the caller's context: by default Hazelcast would complete the stage on a thread pool between. */
    private <T> Future<T> onContext(CompletionStage<T> stage) {
        Context context = vertx.getOrCreateContext();
        CompletableFuture<T> arrived = new CompletableFuture<>();
        stage.whenCompleteAsync(
                (value, failure) -> {
                    if (failure == null) {
                        arrived.complete(value);
                    } else {
                        arrived.completeExceptionally(failure);
                    }
                },
                task -> context.runOnContext(ignored -> task.run()));
        return Future.fromCompletionStage(arrived, context);
    }
}
