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
 * One stream of a shard: where it stands, the events still held, and the ids seen lately. The events are always the
 * consecutive ones that end with the head. Confined to its shard.
 */
final class StreamState {

    /** What a stream costs without events and ids: this object, its key, its places in maps, empty arrays. */
    static final int OVERHEAD_BYTES = 512;

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
        return known.seq() > head
                || (known.seq() >= oldest() && known.contradicts(events.get((int) (known.seq() - oldest()))));
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
        return events.size();
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
        List<StoredEvent> slice = new ArrayList<>();
        long bytes = 0;
        for (int i = (int) (firstSeq - oldest()); i < events.size() && slice.size() < maxEvents; i++) {
            StoredEvent event = events.get(i);
            bytes += event.json().length;
            if (bytes > maxBytes && !slice.isEmpty()) {
                break;
            }
            slice.add(event);
        }
        return new LogSlice(epoch, oldest(), head, version, firstSeq, slice);
    }

    /**
     * Takes over what the primary decided, on a backup. Applying a delta twice changes nothing. If earlier ones were
     * missed, the history that cannot be joined to the delta is dropped, for a hole would be served as if it were none;
     * the head is the primary's in any case, so that no position is ever given twice.
     */
    void apply(StreamDelta delta, long time) {
        List<CommitEntry> added = delta.added();
        long lastSeq = delta.firstSeq() + added.size() - 1;
        if (!added.isEmpty() && delta.firstSeq() > head + 1) {
            moveHead(delta.firstSeq() - 1);
        }
        for (long seq = Math.max(delta.firstSeq(), head + 1); seq <= lastSeq; seq++) {
            CommitEntry entry = added.get((int) (seq - delta.firstSeq()));
            append(entry.id(), entry.json(), time, delta.lastVersion());
        }
        for (long seq = Math.min(lastSeq, oldest() - 1); seq >= delta.firstSeq() && seq == oldest() - 1; seq--) {
            prepend(added.get((int) (seq - delta.firstSeq())), seq, time);
        }
        if (delta.head() > head) {
            moveHead(delta.head());
        }
        lastActivity = Math.max(lastActivity, delta.lastActivity());
        lastVersion = Math.max(lastVersion, delta.lastVersion());
    }

    /** A retried commit brings what was missed when it came first, if later events came since. */
    private void prepend(CommitEntry entry, long seq, long time) {
        events.addFirst(new StoredEvent(time, entry.json()));
        if (ids.find(entry.id()) == 0) {
            ids.add(entry.id(), seq, time);
        }
    }

    private void moveHead(long seq) {
        events.clear();
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
            out.writeLong(event.timestamp());
            out.writeInt(event.json().length);
            out.write(event.json());
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
            long timestamp = in.readLong();
            stream.events.addLast(new StoredEvent(timestamp, Reads.json(in)));
        }
        stream.ids = IdWindow.readFrom(in);
        return stream;
    }
}
