// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import java.io.IOException;
import java.util.Map;

/** {@link StreamLog#commit} on the owner of the shard. */
final class CommitProcessor extends BarrierProcessor<CommitReply> {

    private CommitRequest request;

    /** To be read into. */
    CommitProcessor() {
        super(null);
    }

    CommitProcessor(CommitRequest request, Limits limits) {
        super(limits);
        this.request = request;
    }

    @Override
    Done<CommitReply> run(Map.Entry<Integer, Wired<ShardState>> entry) {
        ShardState.Committed committed = shardOf(entry).commit(request, now(), limits, random());
        return new Done<>(committed.reply(), committed.delta());
    }

    @Override
    Wired.Kind<CommitReply> replyKind() {
        return LogSerializerFactory.COMMIT_REPLY;
    }

    @Override
    public int getClassId() {
        return LogSerializerFactory.COMMIT;
    }

    @Override
    void write(ObjectDataOutput out) throws IOException {
        limits.writeTo(out);
        request.writeTo(out);
    }

    @Override
    void read(ObjectDataInput in) throws IOException {
        limits = Limits.readFrom(in);
        request = CommitRequest.readFrom(in);
    }
}
