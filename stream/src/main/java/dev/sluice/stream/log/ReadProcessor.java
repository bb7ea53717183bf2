// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import java.io.IOException;
import java.util.Map;

/**
 * {@link StreamLog#read} on the owner of the shard: returns the range asked for, where {@code get} would serialise the
 * whole shard. Not {@code ReadOnly}, for it is a barrier, and it makes streams.
 */
final class ReadProcessor extends BarrierProcessor<ReadReply> {

    private ReadRequest request;

    /** To be read into. */
    ReadProcessor() {
        super(null);
    }

    ReadProcessor(ReadRequest request, Limits limits) {
        super(limits);
        this.request = request;
    }

    @Override
    Done<ReadReply> run(Map.Entry<Integer, Wired<ShardState>> entry) {
        ShardState.Read read = shardOf(entry).read(request, now(), limits, random());
        return new Done<>(read.reply(), read.delta());
    }

    @Override
    Wired.Kind<ReadReply> replyKind() {
        return LogSerializerFactory.READ_REPLY;
    }

    @Override
    public int getClassId() {
        return LogSerializerFactory.READ;
    }

    @Override
    void write(ObjectDataOutput out) throws IOException {
        limits.writeTo(out);
        Keys.write(out, request.key());
        out.writeLong(request.fromSeq());
        out.writeInt(request.maxEvents());
        out.writeInt(request.maxBytes());
    }

    @Override
    void read(ObjectDataInput in) throws IOException {
        limits = Limits.readFrom(in);
        request = new ReadRequest(Keys.read(in), in.readLong(), in.readInt(), in.readInt());
    }
}
