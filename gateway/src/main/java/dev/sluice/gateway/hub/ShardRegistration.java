// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.hub;

import dev.sluice.stream.bus.CommittedBatch;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The registration of one shard on the bus, of which the cluster may lose its half without a word: after partitions, merges and pauses
 * (vert.x #4394 and #5202, vertx-hazelcast #90 and #109). When check after check finds that the shard moved and no push comes at all, it is
 * taken for lost and made again, whatever the cause. Confined to the hub's loop.
 */
final class ShardRegistration {

    private static final Logger LOGGER = LoggerFactory.getLogger(ShardRegistration.class);

    /** So many checks in a row must have missed pushes before it is made again, then twice as many, and so on. */
    private static final int FIRST_RENEWAL = 3;

    private static final int RAREST_RENEWAL = 96;

    private final int shard;
    private final HubResources hub;
    private final PushSource source;
    private final Consumer<CommittedBatch> handler;
    private final OneAtATime renewals = new OneAtATime(this::makeAgain);
    /** What ends it; null before it was made. */
    private Runnable end;

    private int missedInARow;
    private int missedBeforeRenewal = FIRST_RENEWAL;
    private boolean closed;

    /**
     * Not made yet.
     *
     * @param handler gets each push, on the loop
     */
    ShardRegistration(int shard, HubResources hub, PushSource source, Consumer<CommittedBatch> handler) {
        this.shard = shard;
        this.hub = hub;
        this.source = source;
        this.handler = handler;
    }

    /** Makes it; completes on the loop, and fails if the cluster did not take it. */
    Future<Void> make() {
        Promise<Void> made = Promise.promise();
        source.subscribe(shard, batch -> hub.loop().execute(() -> onPush(batch)))
                .onComplete((newEnd, failure) -> hub.loop().execute(() -> {
                    if (failure == null) {
                        replaceBy(newEnd);
                        made.complete();
                    } else {
                        made.fail(failure);
                    }
                }));
        return made.future();
    }

    /** The new one first, then the old one away: between them a push comes twice, which the feeds see by its seq. */
    private void replaceBy(Runnable newEnd) {
        if (closed) {
            newEnd.run();
            return;
        }
        Runnable old = end;
        end = newEnd;
        if (old != null) {
            hub.metrics().registrationRenewed();
            old.run();
        }
    }

    private void onPush(CommittedBatch batch) {
        missedInARow = 0;
        missedBeforeRenewal = FIRST_RENEWAL;
        handler.accept(batch);
    }

    /** A check found that the shard had moved without a push. */
    void missed() {
        missedInARow++;
        if (missedInARow < missedBeforeRenewal) {
            return;
        }
        LOGGER.atWarn()
                .addKeyValue("shard", shard)
                .addKeyValue("checks", missedInARow)
                .log("no push comes though the shard moves; its registration on the bus may be lost and is made again");
        missedInARow = 0;
        missedBeforeRenewal = Math.min(2 * missedBeforeRenewal, RAREST_RENEWAL);
        renew();
    }

    /** Makes it again, unless it was never made; a failure is logged and waits for the next occasion. */
    void renew() {
        renewals.run();
    }

    private Future<Void> makeAgain() {
        if (closed || end == null) {
            return Future.succeededFuture();
        }
        return make().onFailure(failure -> LOGGER.atWarn()
                        .addKeyValue("shard", shard)
                        .addKeyValue("cause", failure.toString())
                        .log("the registration of a shard could not be made again"))
                .otherwiseEmpty();
    }

    /** Ends it, or the one that is being made. */
    void close() {
        closed = true;
        if (end != null) {
            end.run();
            end = null;
        }
    }
}
