// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Sends operations to shards and brings their answers to the caller's context. Thread-safe. */
final class ShardOperations implements HazelcastStreamLog.Operations {

    private final Vertx vertx;
    private final IMap<Integer, Wired<ShardState>> map;

    ShardOperations(Vertx vertx, HazelcastInstance hazelcast) {
        this.vertx = vertx;
        this.map = LogMap.of(hazelcast);
    }

    @Override
    public <R> Future<Optional<R>> submit(int shard, ShardProcessor<R> processor) {
        CompletionStage<Wired<R>> stage;
        try {
            stage = map.submitToKey(shard, processor);
        } catch (RuntimeException e) {
            return Future.failedFuture(LogFailures.unavailable(e));
        }
        return onContext(stage)
                .recover(failure -> Future.failedFuture(LogFailures.unavailable(failure)))
                .map(reply -> Optional.ofNullable(reply).map(Wired::value));
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
