// SPDX-License-Identifier: Apache-2.0
package dev.sluice.benchmarks.jmh;

import dev.sluice.gateway.replay.EventFrame;
import dev.sluice.gateway.replay.FrameEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.Deflater;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A batch of 50 events, deflated for 100 sessions that negotiated it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class DeflateBenchmark {

    private static final int SESSIONS = 100;
    private static final int LEVEL = 6;

    private FrameEncoder encoder;
    private List<byte[]> batch;
    private EventFrame plain;
    private List<Deflater> ofSessions;
    private final byte[] out = new byte[64 << 10];

    /** Makes the batch, and a deflater for each session. */
    @Setup
    public void make() {
        encoder = new FrameEncoder(1_024, LEVEL);
        batch = Samples.events(50);
        plain = encoder.encode(Samples.SERVICE, Samples.EPOCH, 1, batch, 1L, false, false);
        ofSessions = new ArrayList<>();
        for (int i = 0; i < SESSIONS; i++) {
            ofSessions.add(new Deflater(LEVEL, true));
        }
    }

    /** As Sluice does it: encoded and deflated once, for all of them. */
    @Benchmark
    public EventFrame once() {
        return encoder.encode(Samples.SERVICE, Samples.EPOCH, 1, batch, 1L, false, true);
    }

    /** Baseline, the usual way: each connection deflates by itself, with a context of its own. */
    @Benchmark
    public int baselinePerConnection() {
        int bytes = 0;
        for (Deflater deflater : ofSessions) {
            deflater.setInput(plain.bytes(), plain.jsonStart(), plain.jsonLength());
            bytes += deflater.deflate(out, 0, out.length, Deflater.SYNC_FLUSH);
        }
        return bytes;
    }

    /** Frees the native memory. */
    @TearDown
    public void free() {
        encoder.close();
        ofSessions.forEach(Deflater::end);
    }
}
