// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import dev.sluice.stream.Position;
import dev.sluice.stream.StreamKey;
import dev.sluice.stream.log.ShardDelta.CommitRecord;
import dev.sluice.stream.log.ShardDelta.StreamDelta;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * All that a shard of the log knows: its streams, and which commits it has answered. Pure: time and chance are
 * arguments, so that every behaviour can be replayed in a test. Confined to one thread, in the cluster the partition's.
 *
 * <p>A primary {@link #commit commits} and {@link #read reads}; both yield a {@link ShardDelta} that its backups {@link
 * #apply}. The rule behind it: <b>what an answer reveals is in the delta that the answer waits for</b> (ADR 0001). Both
 * sides {@link #sweep} with the same time.
 *
 * <p>Time never runs backwards in a shard, even if the next owner's clock is behind: an event's timestamp is at least
 * that of the event before.
 */
final class ShardState {

    /** The part of the bytes that a pass of eviction leaves, so that not every commit that follows must evict again. */
    private static final double REFILL = 0.9;

    private final StreamTable streams = new StreamTable();
    private final PublisherTable publishers = new PublisherTable();
    private ShardVersion version;
    private ShardTerm term = ShardTerm.NONE;
    private long lastTimestamp;

    /** It came from another part of a split cluster, and nobody was answered from it here yet. */
    private boolean home;

    /** Of all streams; kept up to date, for adding up is too slow for every commit. */
    private long streamBytes;

    /** Since the last sweep of this replica; not part of the state. */
    private long overflowed;

    /**
     * An empty shard.
     *
     * @param incarnation random, not 0
     */
    ShardState(long incarnation) {
        this.version = new ShardVersion(incarnation, 0);
    }

    /** An incarnation for a new shard. */
    static long incarnation(RandomGenerator random) {
        long candidate = random.nextLong();
        return candidate == 0 ? 1 : candidate;
    }

    /** An answer and what the backups need to know of it. */
    record Committed(CommitReply reply, ShardDelta delta) {}

    /** A slice and what the backups need to know of it. */
    record Read(ReadReply reply, ShardDelta delta) {}

    ShardVersion version() {
        return version;
    }

    /** A member begins to answer for it, or goes on to. What it answers tells the backups so. */
    void answeredBy(UUID member) {
        term = term.of(member);
        home = false;
    }

    /** See {@link NewestShard}. */
    boolean isHome() {
        return home;
    }

    void comeHome() {
        home = true;
    }

    /**
     * Which of two replicas that went separate ways is to be kept. Within a term one of them is the other with something more, which nobody was promised. Of two
     * lives of the shard the later one.
     */
    boolean isNewerThan(ShardState other) {
        if (version.incarnation() != other.version.incarnation()) {
            return lastTimestamp > other.lastTimestamp;
        }
        return term.number() == other.term.number()
                ? version.number() > other.version.number()
                : term.number() > other.term.number();
    }

    /** What it costs, the remembered commits included. */
    long bytes() {
        return streamBytes + publishers.bytes();
    }

    /**
     * Appends the events, or repeats the answer if this is the publisher's last commit again.
     *
     * @param now epoch milliseconds
     * @param random gives epochs to new streams
     * @return without a delta when the commit was refused and nothing changed
     */
    Committed commit(CommitRequest request, long now, Limits limits, RandomGenerator random) {
        PublisherTable.Last last = publishers.get(request.publisher());
        if (last != null && request.number() <= last.number()) {
            return repeat(request, last);
        }
        lastTimestamp = Math.max(lastTimestamp, now);
        CommitPass pass = new CommitPass(request, streams, version, lastTimestamp, limits, random);
        CommitAnswer answer = pass.run();
        version = answer.version();
        streamBytes += pass.addedBytes();
        CommitRecord commit = new CommitRecord(request.publisher(), request.number(), answer);
        ShardDelta delta = new ShardDelta(version, term, lastTimestamp, true, commit, pass.deltas());
        remember(commit, limits);
        enforceBytes(limits);
        return new Committed(CommitReply.of(answer), delta);
    }

    /**
     * The answer may have been lost because the backup was: so its events travel again, and the repeated answer waits
     * for the backup just as the first one did.
     */
    private Committed repeat(CommitRequest request, PublisherTable.Last last) {
        if (request.number() < last.number()) {
            return new Committed(
                    CommitReply.refused("commit " + request.number() + " comes too late: this publisher's commit "
                            + last.number() + " was answered already"),
                    null);
        }
        if (!last.answer().answers(request)) {
            return new Committed(
                    CommitReply.refused("commit " + request.number() + " was answered already, with other events"),
                    null);
        }
        if (!streams.hold(request, last.answer())) {
            return new Committed(
                    CommitReply.refused("commit " + request.number()
                            + " was answered already, and a stream that it went to has been forgotten since"),
                    null);
        }
        ShardDelta delta = new ShardDelta(
                version,
                term,
                lastTimestamp,
                false,
                new CommitRecord(request.publisher(), request.number(), last.answer()),
                CommitPass.deltasOf(request, last.answer(), streams));
        return new Committed(CommitReply.of(last.answer()), delta);
    }

    /** Reads a range; makes the stream if there is none. */
    Read read(ReadRequest request, long now, Limits limits, RandomGenerator random) {
        StreamState stream = streams.get(request.key());
        if (stream == null) {
            if (!streams.hasRoom(request.key().org(), limits)) {
                return new Read(new ReadReply(null, "the organisation has as many streams as it may have"), null);
            }
            lastTimestamp = Math.max(lastTimestamp, now);
            stream = new StreamState(request.key(), Epochs.next(random), lastTimestamp);
            add(stream);
        }
        LogSlice slice = stream.read(request.fromSeq(), request.maxEvents(), request.maxBytes(), version);
        return new Read(new ReadReply(slice, null), factsOf(stream));
    }

    /** See {@link StreamLog#renew}. Counts as a change of the shard, so that every gateway hears of it. */
    Read renew(StreamKey key, KnownEvent known, long now, Limits limits, RandomGenerator random) {
        StreamState stream = streams.get(key);
        if (stream != null && stream.isForkedFrom(known)) {
            lastTimestamp = Math.max(lastTimestamp, now);
            version = new ShardVersion(version.incarnation(), version.number() + 1);
            streamBytes -= stream.bytes();
            add(new StreamState(key, Epochs.next(random), lastTimestamp, version.number()));
        }
        return read(new ReadRequest(key, Position.MAX_SEQ, 0, 0), now, limits, random);
    }

    /** What the backups must know before it may be told where a stream stands. */
    private ShardDelta factsOf(StreamState stream) {
        StreamDelta fact = new StreamDelta(
                stream.key(),
                stream.epoch(),
                stream.lastActivity(),
                stream.lastVersion(),
                stream.head(),
                stream.head() + 1,
                stream.lastActivity(),
                List.of());
        return new ShardDelta(version, term, lastTimestamp, false, null, List.of(fact));
    }

    /** Which streams got events after the given version; all, if that was another life of the shard. */
    ShardChanges changes(ShardVersion since) {
        boolean comparable = since.incarnation() == version.incarnation();
        Map<StreamKey, Position> heads = new HashMap<>();
        for (StreamState stream : streams.all()) {
            if (!comparable || stream.lastVersion() > since.number()) {
                heads.put(stream.key(), new Position(stream.epoch(), stream.head()));
            }
        }
        return new ShardChanges(version, heads);
    }

    /** What backups must know before {@link #changes} may be told: that this version exists. */
    ShardDelta versionDelta() {
        return new ShardDelta(version, term, lastTimestamp, false, null, List.of());
    }

    /** Drops what is expired in all streams, and the streams and publishers that were silent for too long. */
    SweepReport sweep(long now, Limits limits) {
        long time = Math.max(lastTimestamp, now);
        int before = streams.size();
        streams.removeIf(stream -> time - stream.lastActivity() >= limits.forgetAfterMillis());
        publishers.expire(time);
        long events = 0;
        streamBytes = 0;
        for (StreamState stream : streams.all()) {
            stream.expire(time, limits);
            events += stream.eventCount();
            streamBytes += stream.bytes();
        }
        enforceBytes(limits);
        SweepReport report = new SweepReport(streams.size(), events, bytes(), before - streams.size(), overflowed);
        overflowed = 0;
        return report;
    }

    /** Takes over what the primary decided, on a backup; twice is as good as once. */
    void apply(ShardDelta delta, Limits limits) {
        if (delta.version().incarnation() != version.incarnation()) {
            forgetEverything(delta.version().incarnation());
        }
        version = new ShardVersion(
                version.incarnation(),
                Math.max(version.number(), delta.version().number()));
        term = delta.term();
        home = false;
        lastTimestamp = Math.max(lastTimestamp, delta.timestamp());
        for (StreamDelta stream : delta.streams()) {
            apply(stream, delta, limits);
        }
        if (delta.commit() != null) {
            remember(delta.commit(), limits);
        }
        if (delta.retain()) {
            enforceBytes(limits);
        }
    }

    private void apply(StreamDelta fact, ShardDelta delta, Limits limits) {
        StreamState stream = streams.get(fact.key());
        if (stream == null || !stream.epoch().equals(fact.epoch())) {
            streamBytes -= stream == null ? 0 : stream.bytes();
            stream = new StreamState(fact.key(), fact.epoch(), fact.lastActivity());
            add(stream);
        }
        long before = stream.bytes();
        stream.apply(fact);
        if (delta.retain()) {
            stream.expire(delta.timestamp(), limits);
        }
        streamBytes += stream.bytes() - before;
    }

    private void add(StreamState stream) {
        streams.put(stream);
        streamBytes += stream.bytes();
    }

    private void remember(CommitRecord commit, Limits limits) {
        publishers.put(commit.publisher(), commit.number(), commit.answer(), limits.maxShardBytes() / 4);
    }

    private void enforceBytes(Limits limits) {
        if (bytes() > limits.maxShardBytes()) {
            overflowed += ByteBound.free(streams.all(), bytes() - (long) (REFILL * limits.maxShardBytes()));
            streamBytes = streams.all().stream().mapToLong(StreamState::bytes).sum();
        }
    }

    private void forgetEverything(long incarnation) {
        streams.clear();
        publishers.clear();
        streamBytes = 0;
        version = new ShardVersion(incarnation, 0);
    }

    /** A replica of its own, as a migration makes it. */
    ShardState copy() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            writeTo(new DataOutputStream(bytes));
            return readFrom(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())));
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail
        }
    }

    void writeTo(DataOutput out) throws IOException {
        out.writeLong(version.incarnation());
        out.writeLong(version.number());
        term.writeTo(out);
        out.writeBoolean(home);
        out.writeLong(lastTimestamp);
        out.writeInt(streams.size());
        for (StreamState stream : streams.all()) {
            stream.writeTo(out);
        }
        publishers.writeTo(out);
    }

    static ShardState readFrom(DataInput in) throws IOException {
        ShardState shard = new ShardState(in.readLong());
        shard.version = new ShardVersion(shard.version.incarnation(), in.readLong());
        shard.term = ShardTerm.readFrom(in);
        shard.home = in.readBoolean();
        shard.lastTimestamp = in.readLong();
        int count = Reads.count(in);
        for (int i = 0; i < count; i++) {
            StreamState stream = StreamState.readFrom(in);
            if (shard.streams.get(stream.key()) != null) {
                throw new IOException("a stream stands there twice");
            }
            shard.add(stream);
        }
        shard.publishers.readFrom(in);
        return shard;
    }
}
