// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import dev.sluice.stream.Event;
import dev.sluice.stream.StreamKey;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** A {@link Commit} as it travels to the shard: every stream is named once. */
record CommitRequest(UUID publisher, long number, List<CommitEntry> entries) {

    /**
     * Checks what the shard relies on.
     *
     * @param shards how many there are
     * @throws IllegalArgumentException if there is no such shard, an event belongs to another one, or all have too many
     *     bytes
     */
    static CommitRequest of(Commit commit, int shards) {
        if (commit.shard() < 0 || commit.shard() >= shards) {
            throw new IllegalArgumentException("there is no shard " + commit.shard() + " of " + shards);
        }
        long bytes = 0;
        List<CommitEntry> entries = new ArrayList<>(commit.events().size());
        for (Event event : commit.events()) {
            if (event.key().shard(shards) != commit.shard()) {
                throw new IllegalArgumentException("an event of shard "
                        + event.key().shard(shards) + " is in a commit of shard " + commit.shard());
            }
            bytes += event.json().length;
            entries.add(CommitEntry.of(event));
        }
        if (bytes > Commit.MAX_BYTES) {
            throw new IllegalArgumentException("the events of a commit have at most " + Commit.MAX_BYTES + " bytes");
        }
        return new CommitRequest(commit.publisher(), commit.number(), entries);
    }

    /** Tells commits apart that wrongly have the same number; the same on every JVM. */
    long fingerprint() {
        long hash = entries.size();
        for (CommitEntry entry : entries) {
            hash = 31 * hash + entry.id().low();
            hash = 31 * hash + entry.key().org().hashCode();
            hash = 31 * hash + entry.key().service().hashCode();
        }
        return hash;
    }

    void writeTo(DataOutput out) throws IOException {
        out.writeLong(publisher.getMostSignificantBits());
        out.writeLong(publisher.getLeastSignificantBits());
        out.writeLong(number);
        Map<StreamKey, Integer> indexes = new LinkedHashMap<>();
        entries.forEach(entry -> indexes.putIfAbsent(entry.key(), indexes.size()));
        out.writeInt(indexes.size());
        for (StreamKey key : indexes.keySet()) {
            Keys.write(out, key);
        }
        out.writeInt(entries.size());
        for (CommitEntry entry : entries) {
            out.writeShort(indexes.get(entry.key()));
            entry.writeTo(out);
        }
    }

    static CommitRequest readFrom(DataInput in) throws IOException {
        UUID publisher = new UUID(in.readLong(), in.readLong());
        long number = in.readLong();
        StreamKey[] keys = new StreamKey[Reads.count(in, Commit.MAX_EVENTS)];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = Keys.read(in);
        }
        int count = Reads.count(in, Commit.MAX_EVENTS);
        List<CommitEntry> entries = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int index = in.readShort();
            if (index < 0 || index >= keys.length) {
                throw new IOException("there is no stream " + index + " in this commit");
            }
            entries.add(CommitEntry.readFrom(in, keys[index]));
        }
        return new CommitRequest(publisher, number, entries);
    }
}
