// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.bus;

import dev.sluice.stream.Position;
import dev.sluice.stream.StreamKey;
import dev.sluice.stream.bus.CommittedBatch.Run;
import dev.sluice.stream.bus.CommittedBatch.Traced;
import dev.sluice.stream.log.ShardVersion;
import dev.sluice.stream.trace.TraceContext;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes a {@link CommittedBatch} for the event bus. Begins with a format version, so that two releases can run side by
 * side: a node that meets a newer format fails to decode, misses the push and repairs from the log, losing nothing.
 */
public final class CommittedBatchCodec implements MessageCodec<CommittedBatch, CommittedBatch> {

    /** The name under which every node registers it. */
    public static final String NAME = "sluice.batch";

    private static final byte FORMAT = 1;

    /** Three lengths of texts, a seq and a count. */
    private static final int MIN_RUN_BYTES = 4 * Integer.BYTES + Long.BYTES;

    /** Three numbers and a context. */
    private static final int TRACE_BYTES = 3 * Integer.BYTES + 3 * Long.BYTES + 1;

    @Override
    public void encodeToWire(Buffer buffer, CommittedBatch batch) {
        buffer.appendByte(FORMAT)
                .appendInt(batch.shard())
                .appendLong(batch.version().incarnation())
                .appendLong(batch.version().number())
                .appendLong(batch.timestamp())
                .appendInt(batch.runs().size());
        for (Run run : batch.runs()) {
            appendText(buffer, run.key().org());
            appendText(buffer, run.key().service());
            appendText(buffer, run.epoch());
            buffer.appendLong(run.firstSeq()).appendInt(run.events().size());
            for (byte[] event : run.events()) {
                buffer.appendInt(event.length).appendBytes(event);
            }
        }
        appendTraces(buffer, batch.runs());
    }

    /** Last and only when there are any: a release that knows nothing of traces does not look at what stands after the runs. */
    private static void appendTraces(Buffer buffer, List<Run> runs) {
        int count = 0;
        for (Run run : runs) {
            count += run.traces().size();
        }
        if (count == 0) {
            return;
        }
        buffer.appendInt(count);
        for (int i = 0; i < runs.size(); i++) {
            for (Traced traced : runs.get(i).traces()) {
                TraceContext publish = traced.publish();
                buffer.appendInt(i)
                        .appendInt(traced.index())
                        .appendInt(traced.count())
                        .appendLong(publish.traceHigh())
                        .appendLong(publish.traceLow())
                        .appendLong(publish.span())
                        .appendByte(publish.flags());
            }
        }
    }

    /**
     * Reads a batch. Nothing is believed of the bytes: counts and lengths are held against what is there before anything is allocated.
     *
     * @throws IllegalArgumentException when it is no batch, or one of a format that is not known
     */
    @Override
    public CommittedBatch decodeFromWire(int start, Buffer buffer) {
        WireReader in = new WireReader(buffer, start);
        byte format = in.readByte();
        if (format != FORMAT) {
            throw new IllegalArgumentException("batch format " + format + " is not known to this release");
        }
        int shard = in.readInt();
        ShardVersion version = new ShardVersion(in.readLong(), in.readLong());
        long timestamp = in.readLong();
        int runCount = in.readCount(MIN_RUN_BYTES);
        List<Run> runs = new ArrayList<>(runCount);
        for (int i = 0; i < runCount; i++) {
            runs.add(readRun(in));
        }
        if (!in.isAtEnd()) {
            readTraces(in, runs);
        }
        return new CommittedBatch(shard, version, timestamp, runs);
    }

    private static Run readRun(WireReader in) {
        StreamKey key = new StreamKey(in.readText(), in.readText());
        Position first = new Position(in.readText(), in.readLong());
        int eventCount = in.readCount(Integer.BYTES);
        if (first.seq() == 0 || first.seq() > Position.MAX_SEQ - eventCount) {
            throw new IllegalArgumentException("a batch has no events at seq " + first.seq());
        }
        List<byte[]> events = new ArrayList<>(eventCount);
        for (int k = 0; k < eventCount; k++) {
            events.add(in.readBytes(in.readInt()));
        }
        return new Run(key, first.epoch(), first.seq(), events);
    }

    private static void readTraces(WireReader in, List<Run> runs) {
        int count = in.readCount(TRACE_BYTES);
        List<List<Traced>> traces = new ArrayList<>(runs.size());
        runs.forEach(run -> traces.add(new ArrayList<>()));
        for (int i = 0; i < count; i++) {
            int run = in.readInt(0, runs.size() - 1);
            int index = in.readInt(0, runs.get(run).events().size() - 1);
            int events = in.readInt(1, index + 1);
            TraceContext publish = new TraceContext(in.readLong(), in.readLong(), in.readLong(), in.readByte());
            traces.get(run).add(new Traced(index, events, publish));
        }
        for (int i = 0; i < runs.size(); i++) {
            Run run = runs.get(i);
            runs.set(i, new Run(run.key(), run.epoch(), run.firstSeq(), run.events(), traces.get(i)));
        }
    }

    @Override
    public CommittedBatch transform(CommittedBatch batch) {
        return batch;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public byte systemCodecID() {
        return -1;
    }

    private static void appendText(Buffer buffer, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        buffer.appendInt(bytes.length).appendBytes(bytes);
    }
}
