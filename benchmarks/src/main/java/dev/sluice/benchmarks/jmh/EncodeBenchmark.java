// SPDX-License-Identifier: Apache-2.0
package dev.sluice.benchmarks.jmh;

import dev.sluice.gateway.replay.EventFrame;
import dev.sluice.gateway.replay.FrameEncoder;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Events into a frame: once for a batch, whatever the number of sessions. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EncodeBenchmark {

    /** How many events go into the frame. */
    @Param({"1", "50"})
    public int events;

    private FrameEncoder encoder;
    private List<byte[]> batch;

    /** Makes the events. */
    @Setup
    public void make() {
        encoder = new FrameEncoder(1_024, 6);
        batch = Samples.events(events);
    }

    /** As Sluice does it. */
    @Benchmark
    public EventFrame frame() {
        return encoder.encode(Samples.SERVICE, Samples.EPOCH, 1, batch, 1_750_000_000_000L, false, false);
    }

    /** Baseline, the naive way: read the events, put them into an object, write that. */
    @Benchmark
    public Buffer baselineJsonTree() {
        JsonArray array = new JsonArray();
        for (byte[] event : batch) {
            array.add(new JsonObject(Buffer.buffer(event)));
        }
        return new JsonObject()
                .put("type", "event")
                .put("service", Samples.SERVICE)
                .put("epoch", Samples.EPOCH)
                .put("seq", batch.size())
                .put("timestamp", 1_750_000_000_000L)
                .put("events", array)
                .toBuffer();
    }

    /** Baseline, the raw operation: the bytes copied once. */
    @Benchmark
    public byte[] baselineCopy() {
        byte[] all = new byte[Samples.length(batch)];
        int at = 0;
        for (byte[] event : batch) {
            System.arraycopy(event, 0, all, at, event.length);
            at += event.length;
        }
        return all;
    }

    /** Frees the deflater. */
    @TearDown
    public void free() {
        encoder.close();
    }
}
