// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.bus;

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

    @Override
    public CommittedBatch decodeFromWire(int start, Buffer buffer) {
        Reader in = new Reader(buffer, start);
        byte format = in.readByte();
        if (format != FORMAT) {
            throw new IllegalArgumentException("batch format " + format + " is not known to this release");
        }
        int shard = in.readInt();
        ShardVersion version = new ShardVersion(in.readLong(), in.readLong());
        long timestamp = in.readLong();
        int runCount = in.readInt();
        List<Run> runs = new ArrayList<>(runCount);
        for (int i = 0; i < runCount; i++) {
            StreamKey key = new StreamKey(in.readText(), in.readText());
            String epoch = in.readText();
            long firstSeq = in.readLong();
            int eventCount = in.readInt();
            List<byte[]> events = new ArrayList<>(eventCount);
            for (int k = 0; k < eventCount; k++) {
                events.add(in.readBytes(in.readInt()));
            }
            runs.add(new Run(key, epoch, firstSeq, events));
        }
        return new CommittedBatch(shard, version, timestamp, runs);
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

    private static final class Reader {
        private final Buffer buffer;
        private int position;

        Reader(Buffer buffer, int position) {
            this.buffer = buffer;
            this.position = position;
        }

        byte readByte() {
            return buffer.getByte(position++);
        }

        int readInt() {
            position += Integer.BYTES;
            return buffer.getInt(position - Integer.BYTES);
        }

        long readLong() {
            position += Long.BYTES;
            return buffer.getLong(position - Long.BYTES);
        }

        byte[] readBytes(int length) {
            position += length;
            return buffer.getBytes(position - length, position);
        }

        String readText() {
            return new String(readBytes(readInt()), StandardCharsets.UTF_8);
        }
    }
}
