// SPDX-License-Identifier: Apache-2.0
package dev.sluice.benchmarks.jmh;

import dev.sluice.stream.StreamKey;
import dev.sluice.stream.bus.CommittedBatch;
import dev.sluice.stream.bus.CommittedBatchCodec;
import dev.sluice.stream.log.ShardVersion;
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

/** What a commit added, on its way over the bus to another node. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CommitCodecBenchmark {

    /** How many events were committed together. */
    @Param({"1", "50"})
    public int events;

    private final CommittedBatchCodec codec = new CommittedBatchCodec();
    private CommittedBatch batch;
    private Buffer wire;

    /** Makes the batch and its wire form. */
    @Setup
    public void make() {
        CommittedBatch.Run run = new CommittedBatch.Run(
                new StreamKey("acme", Samples.SERVICE), Samples.EPOCH, 1, Samples.events(events));
        batch = new CommittedBatch(3, new ShardVersion(7, 9), 1_750_000_000_000L, List.of(run));
        wire = encode();
    }

    /** As Sluice writes it. */
    @Benchmark
    public Buffer encode() {
        Buffer out = Buffer.buffer();
        codec.encodeToWire(out, batch);
        return out;
    }

    /** As Sluice reads it. */
    @Benchmark
    public CommittedBatch decode() {
        return codec.decodeFromWire(0, wire);
    }

    /** Baseline, the naive way: events in a JSON message, which is what the event bus offers for objects. */
    @Benchmark
    public Buffer baselineEncodeJson() {
        JsonArray array = new JsonArray();
        for (byte[] event : batch.runs().get(0).events()) {
            array.add(new JsonObject(Buffer.buffer(event)));
        }
        return new JsonObject()
                .put("shard", 3)
                .put("version", 9)
                .put("events", array)
                .toBuffer();
    }

    /** Baseline, the raw operation: the same bytes copied once. */
    @Benchmark
    public Buffer baselineCopy() {
        return wire.copy();
    }
}
