// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drops expired history: each member that keeps data sweeps, at every interval, the shards whose owner it is, one after
 * the other, so that partition threads stay free for commits. When a shard moves in between it is swept twice or not at
 * all, which the next round makes good.
 *
 * <p>{@link #start()} and {@link #close()} are to be called from one thread or context.
 */
public final class LogSweeper {

    private static final Logger LOGGER = LoggerFactory.getLogger(LogSweeper.class);
    private static final long NO_TIMER = -1;

    private final Vertx vertx;
    private final HazelcastInstance hazelcast;
    private final ShardOperations operations;
    private final LogOptions options;
    private final InstantSource clock;

    private long timer = NO_TIMER;
    private volatile Future<Void> round = Future.succeededFuture();

    /**
     * Made with the log, stopped before it.
     *
     * @param clock the system's; a test may have its own
     */
    public LogSweeper(Vertx vertx, HazelcastInstance hazelcast, LogOptions options, InstantSource clock) {
        this.vertx = vertx;
        this.hazelcast = hazelcast;
        this.operations = new ShardOperations(vertx, hazelcast);
        this.options = options;
        this.clock = clock;
    }

    /** Begins with the first interval; does nothing on a member that keeps no data. */
    public void start() {
        if (timer == NO_TIMER && !hazelcast.getCluster().getLocalMember().isLiteMember()) {
            timer = vertx.setPeriodic(options.sweepInterval().toMillis(), id -> sweepUnlessBusy());
        }
    }

    /** Stops; completes when the round under way, if any, has ended. Never fails. */
    public Future<Void> close() {
        if (timer != NO_TIMER) {
            vertx.cancelTimer(timer);
            timer = NO_TIMER;
        }
        return round;
    }

    /** Sweeps now; never fails, for a shard that could not be swept is logged and waits for the next round. */
    Future<Void> sweep() {
        List<Integer> owned;
        try {
            owned = LogMap.ownedShards(hazelcast, options.shards());
        } catch (HazelcastInstanceNotActiveException e) {
            LOGGER.atDebug().log("No sweep, for this member is leaving");
            return Future.succeededFuture();
        }
        Future<Void> swept = Future.succeededFuture();
        for (int shard : owned) {
            swept = swept.compose(ignored -> sweep(shard));
        }
        return swept;
    }

    private void sweepUnlessBusy() {
        if (round.isComplete()) {
            round = sweep();
        }
    }

    private Future<Void> sweep(int shard) {
        SweepProcessor processor = new SweepProcessor(clock.millis(), options.limits());
        return operations
                .submit(shard, processor)
                .onSuccess(found -> found.ifPresent(report -> log(shard, report)))
                .onFailure(failure -> LOGGER.atWarn()
                        .addKeyValue("shard", shard)
                        .setCause(failure)
                        .log("Shard could not be swept"))
                .otherwiseEmpty()
                .mapEmpty();
    }

    private void log(int shard, SweepReport report) {
        // P8: reaching a bound is announced.
        (report.overflowed() > 0 ? LOGGER.atWarn() : LOGGER.atDebug())
                .addKeyValue("shard", shard)
                .addKeyValue("streams", report.streams())
                .addKeyValue("events", report.events())
                .addKeyValue("bytes", report.bytes())
                .addKeyValue("maxShardBytes", options.maxShardBytes())
                .addKeyValue("forgottenStreams", report.forgotten())
                .addKeyValue("evictedEarly", report.overflowed())
                .log(
                        report.overflowed() > 0
                                ? "Shard reached its bytes and dropped history before its time"
                                : "Shard swept");
    }
}
