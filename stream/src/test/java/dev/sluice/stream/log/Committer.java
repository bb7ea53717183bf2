// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import dev.sluice.stream.Event;
import dev.sluice.stream.Position;
import dev.sluice.stream.Receipt;
import dev.sluice.stream.StreamKey;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/** Commits to one shard, one commit at a time, and sends again what failed, as a publisher must. */
final class Committer {

    /** In each commit. */
    static final int EVENTS = 4;

    private final Vertx vertx;
    private final StreamLog log;
    private final List<StreamKey> keys;
    private final UUID publisher = UUID.randomUUID();
    private final Map<Position, String> acknowledged = new ConcurrentHashMap<>();
    private final AtomicInteger commits = new AtomicInteger();

    Committer(Vertx vertx, StreamLog log, List<StreamKey> keys) {
        this.vertx = vertx;
        this.log = log;
        this.keys = keys;
    }

    /** How many commits were acknowledged. */
    int commits() {
        return commits.get();
    }

    /** The JSON of every acknowledged event. */
    Map<Position, String> acknowledged() {
        return new LinkedHashMap<>(acknowledged);
    }

    /** Commits, without a break but for a short one at times, until the condition is true between two commits. */
    Future<Void> run(BooleanSupplier until) {
        if (until.getAsBoolean()) {
            return Future.succeededFuture();
        }
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < EVENTS; i++) {
            String id = publisher + "-" + commits.get() + "-" + i;
            events.add(StreamLogContract.event(keys.get(i % keys.size()), id));
        }
        Commit commit = new Commit(keys.get(0).shard(log.shards()), publisher, commits.get() + 1, events);
        return send(commit).compose(result -> {
            for (int i = 0; i < events.size(); i++) {
                Receipt receipt = result.receipts().get(i).orElseThrow();
                if (receipt.duplicate()) {
                    return Future.failedFuture("a commit sent again was taken for another one: " + receipt);
                }
                Position position = receipt.position();
                String json = StreamLogContract.json(
                        events.get(i).key(), events.get(i).id());
                if (acknowledged.put(position, json) != null) {
                    return Future.failedFuture("position given twice: " + position);
                }
            }
            boolean breathe = commits.incrementAndGet() % 8 == 0;
            return breathe ? pause().compose(ignored -> run(until)) : run(until);
        });
    }

    private Future<CommitResult> send(Commit commit) {
        return log.commit(commit).recover(failure -> {
            if (!(failure instanceof LogUnavailableException)) {
                return Future.failedFuture(failure);
            }
            return pause().compose(ignored -> send(commit));
        });
    }

    private Future<Void> pause() {
        return vertx.timer(20, TimeUnit.MILLISECONDS).mapEmpty();
    }
}
