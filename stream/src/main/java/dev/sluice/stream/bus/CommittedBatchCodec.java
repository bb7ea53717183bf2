// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.bus;

import dev.sluice.stream.Position;
import dev.sluice.stream.StreamKey;
import dev.sluice.stream.bus.CommittedBatch.Run;
import dev.sluice.stream.log.ShardVersion;
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
