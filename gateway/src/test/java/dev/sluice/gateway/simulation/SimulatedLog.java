// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.simulation;

import dev.sluice.stream.StreamKey;
import dev.sluice.stream.log.Commit;
import dev.sluice.stream.log.CommitResult;
import dev.sluice.stream.log.InMemoryStreamLog;
import dev.sluice.stream.log.KnownEvent;
import dev.sluice.stream.log.LogOptions;
import dev.sluice.stream.log.LogSlice;
import dev.sluice.stream.log.LogUnavailableException;
import dev.sluice.stream.log.ShardChanges;
import dev.sluice.stream.log.ShardVersion;
import dev.sluice.stream.log.StreamLog;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The real log's state machine behind a network that a test makes slow, silent or broken. A commit is made at once; reads, versions and
 * changes travel: they see the log at the time they arrive at it, and their answer comes later still.
 */
public final class SimulatedLog implements StreamLog {

    private final ManualTime time;
    private final ManualLoop network;
    private final LogOptions options;
    private final RandomGenerator random;
    private final Deque<Runnable> held = new ArrayDeque<>();
    private InMemoryStreamLog log;
    private InMemoryStreamLog remembered;
    private LongSupplier delay = () -> 0;
    private long firstMissing;
    private long lastMissing;
    private boolean holding;
    private int failures;
    private int reads;
    private int versions;
    private int changes;
    private int renewals;

    /** An empty log. */
    public SimulatedLog(ManualTime time, LogOptions options, RandomGenerator random) {
        this.time = time;
        this.network = time.loop();
        this.options = options;
        this.random = random;
        this.log = new InMemoryStreamLog(options, time, random);
    }

    /** How long a request is on its way to the log, and an answer back; asked for each of both. 0 is at once. */
    public void delays(LongSupplier milliseconds) {
        delay = milliseconds;
    }

    /** From now on the answers, made at once, are kept back. */
    public void hold() {
        holding = true;
    }

    /** New answers are kept back no more; the old ones still are. */
    public void letPass() {
        holding = false;
    }

    /** Lets the oldest answer that was kept back go. */
    public void releaseOne() {
        held.remove().run();
    }

    /** Lets all answers go that were kept back, and keeps back no more. */
    public void release() {
        holding = false;
        while (!held.isEmpty()) {
            held.remove().run();
        }
    }

    /** How many answers are kept back. */
    public int heldAnswers() {
        return held.size();
    }

    /** So many of the next requests fail. */
    public void failNext(int requests) {
        failures = requests;
    }

    /** All replicas are lost: every stream begins anew in another epoch, every shard in another incarnation. */
    public void loseEverything() {
        log = new InMemoryStreamLog(options, time, random);
    }

    /** Remembers how all stands now, for {@link #fallBack()}. */
    public void remember() {
        remembered = log.copy();
    }

    /** All replicas are lost but one that missed everything since {@link #remember()}. */
    public void fallBack() {
        log = remembered.copy();
    }

    /** The node that has the log now missed these events of every stream, as a backup may. */
    public void miss(long firstSeq, long lastSeq) {
        firstMissing = firstSeq;
        lastMissing = lastSeq;
    }

    private Future<LogSlice> readWhatIsThere(StreamKey key, long fromSeq, int maxEvents, int maxBytes) {
        long from = fromSeq >= firstMissing && fromSeq <= lastMissing ? lastMissing + 1 : fromSeq;
        int events = from < firstMissing ? (int) Math.min(maxEvents, firstMissing - from) : maxEvents;
        return log.read(key, from, events, maxBytes);
    }

    /** Lets go of what is too old. */
    public void sweep() {
        log.sweep();
    }

    /** How often a stream was read. */
    public int reads() {
        return reads;
    }

    /** How often a version was asked for. */
    public int versions() {
        return versions;
    }

    /** How often changes were asked for. */
    public int changes() {
        return changes;
    }

    @Override
    public int shards() {
        return log.shards();
    }

    @Override
    public Future<CommitResult> commit(Commit commit) {
        return log.commit(commit);
    }

    @Override
    public Future<LogSlice> read(StreamKey key, long fromSeq, int maxEvents, int maxBytes) {
        reads++;
        return travel(() -> readWhatIsThere(key, fromSeq, maxEvents, maxBytes));
    }

    @Override
    public Future<LogSlice> renew(StreamKey key, KnownEvent known) {
        renewals++;
        return travel(() -> log.renew(key, known));
    }

    /** How often a stream was to begin anew. */
    public int renewals() {
        return renewals;
    }

    /** What the log holds of the stream, at once and whatever is wrong with the network. */
    public LogSlice peek(StreamKey key, long fromSeq) {
        return log.read(key, fromSeq, Integer.MAX_VALUE, Integer.MAX_VALUE).result();
    }

    @Override
    public Future<ShardVersion> version(int shard) {
        versions++;
        return travel(() -> log.version(shard));
    }

    @Override
    public Future<ShardChanges> changes(int shard, ShardVersion since) {
        changes++;
        return travel(() -> log.changes(shard, since));
    }

    private <T> Future<T> travel(Supplier<Future<T>> request) {
        if (failures > 0) {
            failures--;
            return Future.failedFuture(new LogUnavailableException("simulated", null));
        }
        if (holding) {
            Promise<T> promise = Promise.promise();
            Future<T> answer = request.get();
            held.add(() -> answer.onComplete(promise));
            return promise.future();
        }
        long there = delay.getAsLong();
        long back = delay.getAsLong();
        if (there == 0 && back == 0) {
            return request.get();
        }
        Promise<T> promise = Promise.promise();
        after(there, () -> {
            Future<T> answer = request.get();
            after(back, () -> answer.onComplete(promise));
        });
        return promise.future();
    }

    private void after(long ms, Runnable task) {
        if (ms == 0) {
            network.execute(task);
        } else {
            network.schedule(ms, task);
        }
    }
}
