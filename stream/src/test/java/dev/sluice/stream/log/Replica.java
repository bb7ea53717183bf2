// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import dev.sluice.stream.EventId;
import dev.sluice.stream.StreamKey;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** A shard with a manual clock and repeatable chance, and the words in which tests speak of it. */
final class Replica {

    static final UUID PUBLISHER = new UUID(1, 1);
    static final StreamKey FINANCE = new StreamKey("acme", "finance");
    static final StreamKey STAFF = new StreamKey("acme", "staff");
    static final Limits ROOMY = new Limits(1_000, 300_000, 86_400_000, 300_000, 4_096, 32 << 20, 64);

    final RandomGenerator random;
    ShardState state = new ShardState(7);
    Limits limits;
    long now = 1_000_000;
    private long number;

    Replica(Limits limits) {
        this(limits, 42);
    }

    /** Two replicas that both may be primary must differ in their seeds, as real ones do. */
    Replica(Limits limits, long seed) {
        this.limits = limits;
        this.random = new Random(seed);
    }

    /** Commits events of one stream with the given ids as the next commit of the one publisher. */
    ShardState.Committed commit(StreamKey key, String... ids) {
        return commit(++number, entries(key, ids));
    }

    ShardState.Committed commit(long number, List<CommitEntry> entries) {
        return commit(PUBLISHER, number, entries);
    }

    ShardState.Committed commit(UUID publisher, long number, List<CommitEntry> entries) {
        return state.commit(new CommitRequest(publisher, number, entries), now, limits, random);
    }

    /** Commits so many events with new ids, one commit. */
    CommitResult append(StreamKey key, int count) {
        long from = state.read(new ReadRequest(key, 1, 0, 0), now, limits, random)
                .reply()
                .toSlice()
                .head();
        String[] ids = new String[count];
        for (int i = 0; i < count; i++) {
            ids[i] = key.service() + "-" + now + "-" + (from + i + 1);
        }
        return commit(key, ids).reply().toResult();
    }

    LogSlice read(StreamKey key, long fromSeq) {
        return read(key, fromSeq, Integer.MAX_VALUE, Integer.MAX_VALUE);
    }

    LogSlice read(StreamKey key, long fromSeq, int maxEvents, int maxBytes) {
        return state.read(new ReadRequest(key, fromSeq, maxEvents, maxBytes), now, limits, random)
                .reply()
                .toSlice();
    }

    SweepReport sweep() {
        return state.sweep(now, limits);
    }

    /** Applies a delta as a backup gets it: serialised. */
    void apply(ShardDelta delta) {
        state.apply(copyOf(delta), limits);
    }

    /** All of the state, to compare and to see that nothing changed. */
    byte[] bytes() {
        return written(state::writeTo);
    }

    /** The state after a migration. */
    ShardState migrated() {
        try {
            return ShardState.readFrom(input(bytes()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static ShardDelta copyOf(ShardDelta delta) {
        try {
            return ShardDelta.readFrom(input(written(delta::writeTo)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<CommitEntry> entries(StreamKey key, String... ids) {
        return List.of(ids).stream().map(id -> entry(key, id, 0)).toList();
    }

    /** An event whose JSON is its id, filled up to a size. */
    static CommitEntry entry(StreamKey key, String id, int minBytes) {
        String json = id + " ".repeat(Math.max(0, minBytes - id.length()));
        return new CommitEntry(key, EventId.of(key.org(), id), json.getBytes(StandardCharsets.UTF_8));
    }

    static List<String> idsOf(LogSlice slice) {
        return slice.events().stream()
                .map(event -> new String(event.json(), StandardCharsets.UTF_8).strip())
                .toList();
    }

    static DataInputStream input(byte[] bytes) {
        return new DataInputStream(new ByteArrayInputStream(bytes));
    }

    static byte[] written(Written what) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            what.writeTo(new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    @FunctionalInterface
    interface Written {
        void writeTo(DataOutput out) throws IOException;
    }
}
