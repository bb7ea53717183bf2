// SPDX-License-Identifier: Apache-2.0
package dev.sluice.benchmarks.jmh;

import dev.sluice.gateway.replay.Resume;
import dev.sluice.gateway.simulation.FanOut;
import dev.sluice.stream.Cursor;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Whether something is missing: between pushes, and for a client that comes back. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class GapCheckBenchmark {

    private final byte[] event = Samples.events(1).get(0);
    private final Map<String, Long> heads = new HashMap<>();
    private FanOut fanOut;
    private Cursor cursor;
    private long head;

    /** One session, so that the stream is followed. */
    @Setup
    public void follow() {
        fanOut = new FanOut(1, false);
        fanOut.push(event, 1);
        fanOut.settle();
        cursor = Cursor.at(Samples.EPOCH, 500);
        heads.put(Samples.SERVICE, 1L);
        head = 1_000;
    }

    /** A push that brings nothing new: what is left is its way to the check, and the check. */
    @Benchmark
    public int pushAgain() {
        fanOut.pushAgain(event);
        fanOut.settle();
        return fanOut.outputs().get(0).frames();
    }

    /** Whether a cursor can be honoured. */
    @Benchmark
    public Resume resume() {
        return Resume.decide(cursor, Samples.EPOCH, 101, head);
    }

    /** Baseline, the raw operation: a number looked up and compared. */
    @Benchmark
    public boolean baselineLookUp() {
        return heads.get(Samples.SERVICE) + 1 == head;
    }
}
