// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import dev.sluice.stream.StreamKey;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * What a primary tells its backups: every fact that its answer reveals, in absolute terms. A backup that applies it can
 * be promoted without ever contradicting that answer, whatever it missed before.
 *
 * @param version of the shard
 * @param term under whom the answer was given
 * @param timestamp the latest that the shard has given, epoch milliseconds
 * @param retain whether the primary enforced retention; the backup then does the same
 * @param commit the commit to remember, or null if this was none
 * @param streams the streams that the answer speaks of
 */
record ShardDelta(
        ShardVersion version,
        ShardTerm term,
        long timestamp,
        boolean retain,
        CommitRecord commit,
        List<StreamDelta> streams) {

    /** A commit as it is remembered for a retry. */
    record CommitRecord(UUID publisher, long number, CommitAnswer answer) {}

    /**
     * The state of one stream.
     *
     * @param head the newest seq that the answer reveals
     * @param firstSeq the seq of the first event in {@code added}
     * @param timestamp when the log accepted those, epoch milliseconds
     * @param added consecutive events
     */
    record StreamDelta(
            StreamKey key,
            String epoch,
            long lastActivity,
            long lastVersion,
            long head,
            long firstSeq,
            long timestamp,
            List<CommitEntry> added) {

        void writeTo(DataOutput out) throws IOException {
            Keys.write(out, key);
            out.writeUTF(epoch);
            out.writeLong(lastActivity);
            out.writeLong(lastVersion);
            out.writeLong(head);
            out.writeLong(firstSeq);
            out.writeLong(timestamp);
            out.writeInt(added.size());
            for (CommitEntry entry : added) {
                entry.writeTo(out);
            }
        }

        static StreamDelta readFrom(DataInput in) throws IOException {
            StreamKey key = Keys.read(in);
            String epoch = Reads.epoch(in);
            long lastActivity = in.readLong();
            long lastVersion = in.readLong();
            long head = Reads.seq(in);
            long firstSeq = Reads.firstSeq(in);
            long timestamp = in.readLong();
            int count = Reads.count(in, Commit.MAX_EVENTS);
            List<CommitEntry> added = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                added.add(CommitEntry.readFrom(in, key));
            }
            return new StreamDelta(key, epoch, lastActivity, lastVersion, head, firstSeq, timestamp, added);
        }
    }

    void writeTo(DataOutput out) throws IOException {
        out.writeLong(version.incarnation());
        out.writeLong(version.number());
        term.writeTo(out);
        out.writeLong(timestamp);
        out.writeBoolean(retain);
        out.writeBoolean(commit != null);
        if (commit != null) {
            out.writeLong(commit.publisher().getMostSignificantBits());
            out.writeLong(commit.publisher().getLeastSignificantBits());
            out.writeLong(commit.number());
            commit.answer().writeTo(out);
        }
        out.writeInt(streams.size());
        for (StreamDelta stream : streams) {
            stream.writeTo(out);
        }
    }

    static ShardDelta readFrom(DataInput in) throws IOException {
        ShardVersion version = new ShardVersion(in.readLong(), in.readLong());
        ShardTerm term = ShardTerm.readFrom(in);
        long timestamp = in.readLong();
        boolean retain = in.readBoolean();
        CommitRecord commit = null;
        if (in.readBoolean()) {
            commit = new CommitRecord(new UUID(in.readLong(), in.readLong()), in.readLong(), CommitAnswer.readFrom(in));
        }
        int count = Reads.count(in);
        List<StreamDelta> streams = new ArrayList<>(Reads.capacity(count));
        for (int i = 0; i < count; i++) {
            streams.add(StreamDelta.readFrom(in));
        }
        return new ShardDelta(version, term, timestamp, retain, commit, streams);
    }
}
