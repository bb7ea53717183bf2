// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import dev.sluice.stream.EventId;
import dev.sluice.stream.StreamKey;
import dev.sluice.stream.log.LogSlice.StoredEvent;
import dev.sluice.stream.log.ShardDelta.StreamDelta;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * One stream of a shard: where it stands, the events still held, and the ids seen lately. The events are the consecutive ones that end with the head, but that a
 * backup may have missed some, of which nobody was promised that they are kept. Confined to its shard.
 */
final class StreamState {

    /** What a stream costs without events and ids: this object, its key, its places in maps, empty arrays. */
    static final int OVERHEAD_BYTES = 512;

    /** A backup that missed more than so many events at once lets go of those before. */
    private static final long MAX_MISSING = 10_000;

    /** How a missing event is written: no log has accepted one then. */
    private static final long MISSING = Long.MIN_VALUE;

    private final StreamKey key;
    private final String epoch;
    private final EventRing events = new EventRing();
    private IdWindow ids = new IdWindow();
    private long head;
    private long lastVersion;
    private long lastActivity;

    StreamState(StreamKey key, String epoch, long time) {
        this.key = key;
        this.epoch = epoch;
        this.lastActivity = time;
    }

    /** An empty stream that began with the given version of its shard. */
    StreamState(StreamKey key, String epoch, long time, long version) {
        this(key, epoch, time);
        this.lastVersion = version;
    }

    /** Whether its history cannot be the one in which the known event stood; what is expired proves nothing. */
    boolean isForkedFrom(KnownEvent known) {
        if (!epoch.equals(known.epoch())) {
            return false;
        }
        return known.seq() > head || (holds(known.seq()) && known.contradicts(events.get(index(known.seq()))));
    }

    /** Whether the event is there: not expired, not missing. */
    boolean holds(long seq) {
        return seq >= oldest() && seq <= head && events.get(index(seq)) != null;
    }

    /** When the log accepted an event that is there, epoch milliseconds. */
    long timestamp(long seq) {
        return events.get(index(seq)).timestamp();
    }

    private int index(long seq) {
        return (int) (seq - oldest());
    }

    StreamKey key() {
        return key;
    }

    String epoch() {
        return epoch;
    }

    /** The seq of the newest event ever accepted in this epoch, 0 if there was none. */
    long head() {
        return head;
    }

    /** The seq of the oldest event held, {@code head + 1} when none is. */
    long oldest() {
        return head - events.size() + 1;
    }

    int eventCount() {
        return events.count();
    }

    /** The shard's version of the last event, 0 if there was none. */
    long lastVersion() {
        return lastVersion;
    }

    /** When the stream got its last event or was made, epoch milliseconds. */
    long lastActivity() {
        return lastActivity;
    }

    /** What it costs, overhead included. */
    long bytes() {
        return OVERHEAD_BYTES + evictableBytes();
    }

    /** What {@link #evictOldest()} can free in the end. */
    long evictableBytes() {
        return events.bytes() + (long) ids.size() * IdWindow.ID_BYTES;
    }

    /** The seq of the event with this id, 0 if it was not seen lately. */
    long find(EventId id) {
        return ids.find(id);
    }

    /** Adds an event and returns its seq. */
    long append(EventId id, byte[] json, long time, long version) {
        head++;
        events.addLast(new StoredEvent(time, json));
        ids.add(id, head, time);
        lastActivity = time;
        lastVersion = version;
        return head;
    }

    /** Drops what is over a count or too old at the given time. */
    void expire(long time, Limits limits) {
        while (events.size() > 0
                && (events.size() > limits.maxEvents() || time - events.get(0).timestamp() > limits.maxAgeMillis())) {
            events.removeFirst();
        }
        ids.prune(limits.dedupMaxIds(), time - limits.dedupWindowMillis());
    }

    /** Frees the oldest event or, without events, the oldest id; returns how many bytes that was. */
    long evictOldest() {
        long before = evictableBytes();
        if (events.size() > 0) {
            events.removeFirst();
        } else {
            ids.removeOldest();
        }
        return before - evictableBytes();
    }

    /** See {@link StreamLog#read}. */
    LogSlice read(long fromSeq, int maxEvents, int maxBytes, ShardVersion version) {
        long firstSeq = Math.min(Math.max(fromSeq, oldest()), head + 1);
        while (firstSeq <= head && !holds(firstSeq)) {
            firstSeq++;
        }
        List<StoredEvent> slice = new ArrayList<>();
        long bytes = 0;
        for (long seq = firstSeq; holds(seq) && slice.size() < maxEvents; seq++) {
            StoredEvent event = events.get(index(seq));
            bytes += event.json().length;
            if (bytes > maxBytes && !slice.isEmpty()) {
                break;
            }
            slice.add(event);
        }
        return new LogSlice(epoch, oldest(), head, version, firstSeq, slice);
    }

    /**
     * Takes over what the primary decided, on a backup. Applying a delta twice changes nothing. If earlier ones were missed, room is left for their events, which
     * a retried commit may still bring; until then readers are told of a gap. What came before was promised and stays. The head is the primary's in any case,
     * so that no position is ever given twice.
     */
    void apply(StreamDelta delta) {
        List<CommitEntry> added = delta.added();
        if (!added.isEmpty()) {
            moveHead(delta.firstSeq() - 1);
        }
        for (int i = 0; i < added.size(); i++) {
            take(delta.firstSeq() + i, added.get(i), delta.timestamp(), delta.lastVersion());
        }
        for (int i = added.size() - 1; i >= 0; i--) {
            takeOlder(delta.firstSeq() + i, added.get(i), delta.timestamp());
        }
        moveHead(delta.head());
        lastActivity = Math.max(lastActivity, delta.lastActivity());
        lastVersion = Math.max(lastVersion, delta.lastVersion());
    }

    private void take(long seq, CommitEntry entry, long time, long version) {
        if (seq > head) {
            append(entry.id(), entry.json(), time, version);
        } else if (seq >= oldest() && !holds(seq)) {
            events.fill(index(seq), new StoredEvent(time, entry.json()));
            remember(entry.id(), seq, time);
        }
    }

    private void takeOlder(long seq, CommitEntry entry, long time) {
        if (seq < oldest() && oldest() - seq < MAX_MISSING) {
            events.addFirst(new StoredEvent(time, entry.json()), oldest() - seq - 1);
            remember(entry.id(), seq, time);
        }
    }

    private void remember(EventId id, long seq, long time) {
        if (ids.find(id) == 0) {
            ids.add(id, seq, time);
        }
    }

    private void moveHead(long seq) {
        if (seq <= head) {
            return;
        }
        if (events.size() > 0 && seq - oldest() < MAX_MISSING) {
            events.addMissing(seq - head);
        } else {
            events.clear();
        }
        head = seq;
    }

    void writeTo(DataOutput out) throws IOException {
        Keys.write(out, key);
        out.writeUTF(epoch);
        out.writeLong(head);
        out.writeLong(lastVersion);
        out.writeLong(lastActivity);
        out.writeInt(events.size());
        for (int i = 0; i < events.size(); i++) {
            StoredEvent event = events.get(i);
            out.writeLong(event == null ? MISSING : event.timestamp());
            out.writeInt(event == null ? 0 : event.json().length);
            out.write(event == null ? new byte[0] : event.json());
        }
        ids.writeTo(out);
    }

    static StreamState readFrom(DataInput in) throws IOException {
        StreamState stream = new StreamState(Keys.read(in), Reads.epoch(in), 0);
        stream.head = Reads.seq(in);
        stream.lastVersion = in.readLong();
        stream.lastActivity = in.readLong();
        int eventCount = Reads.count(in, (int) Math.min(stream.head, Integer.MAX_VALUE));
        for (int i = 0; i < eventCount; i++) {
            StoredEvent event = new StoredEvent(in.readLong(), Reads.json(in));
            if (event.timestamp() != MISSING) {
                stream.events.addLast(event);
            } else if (i > 0) {
                stream.events.addMissing(1);
            } else {
                throw new IOException("the oldest event is missing");
            }
        }
        stream.ids = IdWindow.readFrom(in);
        return stream;
    }
}
