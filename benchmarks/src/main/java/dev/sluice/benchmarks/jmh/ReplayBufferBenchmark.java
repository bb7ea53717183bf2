// SPDX-License-Identifier: Apache-2.0
package dev.sluice.benchmarks.jmh;

import dev.sluice.gateway.replay.Batch;
import dev.sluice.gateway.replay.EventFrame;
import dev.sluice.gateway.replay.FrameEncoder;
import dev.sluice.gateway.replay.ReplayBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A full buffer of 1 000 events in batches of 10: what is put in, and what sessions read. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ReplayBufferBenchmark {

    private static final int BATCH = 10;
    private static final int EVENTS = 1_000;
    private static final ReplayBuffer.Limits LIMITS = new ReplayBuffer.Limits(EVENTS, 4L << 20, 300_000);

    /** Longer than the buffer, so that what is appended again is not the same object as what goes out. */
    private static final int ROUND = 2 * EVENTS;

    private List<Batch> batches;
    private int next;
    private ReplayBuffer appended;
    private ReplayBuffer read;
    private Deque<Batch> deque;
    private long cursor;

    /** Fills the buffer that is read. */
    @Setup
    public void fill() {
        List<byte[]> events = Samples.events(BATCH);
        long[] timestamps = new long[BATCH];
        batches = new ArrayList<>();
        try (FrameEncoder encoder = new FrameEncoder(1_024, 6)) {
            for (long seq = 1; seq <= ROUND; seq += BATCH) {
                batches.add(Batch.encode(encoder, Samples.SERVICE, Samples.EPOCH, seq, events, timestamps, false));
            }
        }
        read = new ReplayBuffer(Samples.EPOCH, 0, LIMITS);
        batches.forEach(read::append);
        appended = new ReplayBuffer(Samples.EPOCH, 0, LIMITS);
        deque = new ArrayDeque<>();
        next = 0;
        cursor = read.oldest() - 1;
    }

    /** A batch goes in, and the oldest goes out when it is full. */
    @Benchmark
    public long append() {
        if (next == batches.size()) {
            next = 0;
            appended = new ReplayBuffer(Samples.EPOCH, 0, LIMITS);
        }
        appended.append(batches.get(next++));
        return appended.head();
    }

    /** Baseline, the raw operation: a queue with no reader but its writer. */
    @Benchmark
    public int baselineAppendToDeque() {
        if (next == batches.size()) {
            next = 0;
            deque = new ArrayDeque<>();
        }
        deque.add(batches.get(next++));
        if (deque.size() > EVENTS / BATCH) {
            deque.remove();
        }
        return deque.size();
    }

    /** What a session that is up to date reads: the newest batch. */
    @Benchmark
    public EventFrame readNewest() {
        return read.frameAfter(read.head() - BATCH);
    }

    /** What a session reads that catches up: batch by batch from the oldest on. */
    @Benchmark
    public EventFrame readOn() {
        cursor = cursor + BATCH >= read.head() ? read.oldest() - 1 : cursor + BATCH;
        return read.frameAfter(cursor);
    }

    /** What is copied out for a cursor inside a batch. */
    @Benchmark
    public ReplayBuffer.Range readInsideABatch() {
        return read.range(read.head() - BATCH / 2, read.head(), 64 << 10);
    }

    /** Baseline, the raw operation: an element of an array list. */
    @Benchmark
    public Batch baselineReadFromList() {
        cursor = (cursor + 1) % batches.size();
        return batches.get((int) cursor);
    }
}
