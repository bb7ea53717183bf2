// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import dev.sluice.stream.StreamKey;
import java.io.IOException;
import java.util.Map;

/** {@link StreamLog#renew} on the owner of the shard: judges the proof against what it holds. */
final class RenewProcessor extends BarrierProcessor<ReadReply> {

    private StreamKey key;
    private KnownEvent known;

    /** To be read into. */
    RenewProcessor() {
        super(null);
    }

    RenewProcessor(StreamKey key, KnownEvent known, Limits limits) {
        super(limits);
        this.key = key;
        this.known = known;
    }

    @Override
    Done<ReadReply> run(Map.Entry<Integer, Wired<ShardState>> entry) {
        ShardState.Read read = shardOf(entry).renew(key, known, now(), limits, random());
        return new Done<>(read.reply(), read.delta());
    }

    @Override
    Wired.Kind<ReadReply> replyKind() {
        return LogSerializerFactory.READ_REPLY;
    }

    @Override
    public int getClassId() {
        return LogSerializerFactory.RENEW;
    }

    @Override
    void write(ObjectDataOutput out) throws IOException {
        limits.writeTo(out);
        Keys.write(out, key);
        known.writeTo(out);
    }

    @Override
    void read(ObjectDataInput in) throws IOException {
        limits = Limits.readFrom(in);
        key = Keys.read(in);
        known = KnownEvent.readFrom(in);
    }
}
