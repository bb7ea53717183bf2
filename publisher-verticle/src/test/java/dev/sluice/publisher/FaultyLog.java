// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher;

import dev.sluice.stream.StreamKey;
import dev.sluice.stream.log.Commit;
import dev.sluice.stream.log.CommitResult;
import dev.sluice.stream.log.InMemoryStreamLog;
import dev.sluice.stream.log.KnownEvent;
import dev.sluice.stream.log.LogOptions;
import dev.sluice.stream.log.LogSlice;
import dev.sluice.stream.log.LogSlice.StoredEvent;
import dev.sluice.stream.log.LogUnavailableException;
import dev.sluice.stream.log.ShardChanges;
import dev.sluice.stream.log.ShardVersion;
import dev.sluice.stream.log.StreamLog;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;

/** A log in memory whose attempts go as a test says. Any thread. */
public final class FaultyLog implements StreamLog {

    static final int MAX_EVENTS = 100_000;

    /** How one attempt goes; called when the commit arrives. */
    @FunctionalInterface
    public interface Behaviour {
        Future<CommitResult> commit(Commit commit);
    }

    private final InMemoryStreamLog log;
    private final Map<Integer, Integer> inFlight = new HashMap<>();
    private final List<Commit> attempts = new ArrayList<>();
    private volatile Behaviour behaviour = this::apply;
    private int mostInFlight;

    public FaultyLog(int shards, int maxStreamsPerOrgPerShard) {
        LogOptions defaults = LogOptions.defaults();
        this.log = new InMemoryStreamLog(
                new LogOptions(
                        shards,
                        MAX_EVENTS,
                        defaults.maxAge(),
                        defaults.forgetAfter(),
                        defaults.dedupWindow(),
                        65_536,
                        256L << 20,
                        maxStreamsPerOrgPerShard,
                        defaults.sweepInterval()),
                InstantSource.fixed(Instant.ofEpochMilli(1_000)),
                new Random(1));
    }

    /** From now on. */
    public void behave(Behaviour next) {
        behaviour = next;
    }

    /** As a sound log does. */
    public Future<CommitResult> apply(Commit commit) {
        synchronized (log) {
            return log.commit(commit);
        }
    }

    /** Not reached. */
    public Future<CommitResult> failBefore(Commit commit) {
        return unavailable();
    }

    /** Done, but the answer got lost. */
    public Future<CommitResult> failAfter(Commit commit) {
        return apply(commit).compose(lost -> unavailable());
    }

    public static <T> Future<T> unavailable() {
        return Future.failedFuture(new LogUnavailableException("the cluster has no quorum", null));
    }

    /** Not answered until the test says so. */
    public Held hold() {
        Held held = new Held();
        behave(held);
        return held;
    }

    /** Attempts that wait for the test. */
    public final class Held implements Behaviour {
        private final List<Commit> commits = new ArrayList<>();
        private final List<Promise<CommitResult>> promises = new ArrayList<>();

        @Override
        public Future<CommitResult> commit(Commit commit) {
            Promise<CommitResult> promise = Promise.promise();
            commits.add(commit);
            promises.add(promise);
            return promise.future();
        }

        /** How many wait. */
        int size() {
            return promises.size();
        }

        /** Lets the oldest go on in this way. */
        public void release(Function<Commit, Future<CommitResult>> how) {
            how.apply(commits.remove(0)).onComplete(promises.remove(0));
        }

        public void releaseAll() {
            while (size() > 0) {
                release(FaultyLog.this::apply);
            }
        }
    }

    /** Answers after a while. */
    static Behaviour after(ManualLoop loop, Duration delay, Behaviour then) {
        return commit -> {
            Promise<CommitResult> promise = Promise.promise();
            loop.schedule(delay, () -> then.commit(commit).onComplete(promise));
            return promise.future();
        };
    }

    /** Every attempt that arrived, in order. */
    public List<Commit> attempts() {
        return attempts;
    }

    /** How many events the attempts had. */
    List<Integer> sizes() {
        return attempts.stream().map(commit -> commit.events().size()).toList();
    }

    /** The numbers of the attempts. */
    List<Long> numbers() {
        return attempts.stream().map(Commit::number).toList();
    }

    /** The most attempts at once in one shard. */
    int mostInFlight() {
        return mostInFlight;
    }

    /** The events of a stream, as JSON, oldest first. */
    public List<String> stored(StreamKey key) {
        return slice(key).events().stream()
                .map(StoredEvent::json)
                .map(json -> new String(json, StandardCharsets.UTF_8))
                .toList();
    }

    public LogSlice slice(StreamKey key) {
        synchronized (log) {
            return log.read(key, 1, MAX_EVENTS, Integer.MAX_VALUE).result();
        }
    }

    @Override
    public int shards() {
        return log.shards();
    }

    @Override
    public Future<CommitResult> commit(Commit commit) {
        attempts.add(commit);
        mostInFlight = Math.max(mostInFlight, inFlight.merge(commit.shard(), 1, Integer::sum));
        return behaviour
                .commit(commit)
                .onComplete((result, failure) -> inFlight.merge(commit.shard(), -1, Integer::sum));
    }

    @Override
    public Future<LogSlice> read(StreamKey key, long fromSeq, int maxEvents, int maxBytes) {
        return log.read(key, fromSeq, maxEvents, maxBytes);
    }

    @Override
    public Future<LogSlice> renew(StreamKey key, KnownEvent known) {
        return log.renew(key, known);
    }

    @Override
    public Future<ShardVersion> version(int shard) {
        return log.version(shard);
    }

    @Override
    public Future<ShardChanges> changes(int shard, ShardVersion since) {
        return log.changes(shard, since);
    }
}
