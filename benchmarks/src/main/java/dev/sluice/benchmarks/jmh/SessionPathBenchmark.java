// SPDX-License-Identifier: Apache-2.0
package dev.sluice.benchmarks.jmh;

import dev.sluice.gateway.replay.EventFrame;
import dev.sluice.gateway.replay.FrameEncoder;
import dev.sluice.gateway.simulation.CountingOutput;
import dev.sluice.gateway.simulation.FanOut;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A push with one event to 1 000 sessions, from the hub to sockets that cost nothing: the time of one delivery. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@OperationsPerInvocation(SessionPathBenchmark.SESSIONS)
public class SessionPathBenchmark {

    static final int SESSIONS = 1_000;

    private final byte[] event = Samples.events(1).get(0);
    private FanOut fanOut;
    private EventFrame frame;

    /** Connects the sessions. */
    @Setup
    public void connect() {
        fanOut = new FanOut(SESSIONS, false);
        try (FrameEncoder encoder = new FrameEncoder(1_024, 6)) {
            frame = encoder.encode(Samples.SERVICE, Samples.EPOCH, 1, Samples.events(1), 1L, false, false);
        }
    }

    /** As Sluice does it: gap check, frame, buffer, wake-up, cursors, metrics, write, flush. */
    @Benchmark
    public int deliver() {
        fanOut.push(event, 1);
        fanOut.settle();
        return fanOut.outputs().get(0).frames();
    }

    /** Baseline, the raw operation: a finished frame given to each socket. */
    @Benchmark
    public int baselineWrite() {
        for (CountingOutput output : fanOut.outputs()) {
            output.writeEvents(frame);
        }
        for (CountingOutput output : fanOut.outputs()) {
            output.flush();
        }
        return fanOut.outputs().get(0).frames();
    }

    /** Baseline, the naive way: a frame encoded for each session. */
    @Benchmark
    public int baselineEncodeForEach() {
        try (FrameEncoder encoder = new FrameEncoder(1_024, 6)) {
            for (CountingOutput output : fanOut.outputs()) {
                output.writeEvents(encoder.encode(Samples.SERVICE, Samples.EPOCH, 1, List.of(event), 1L, false, false));
                output.flush();
            }
        }
        return fanOut.outputs().get(0).frames();
    }
}
