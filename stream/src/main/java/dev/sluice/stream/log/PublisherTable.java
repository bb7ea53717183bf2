// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * The last commit of every publisher and what was answered, so that a retry is recognised. Bounded in count and in
 * bytes, the one that committed least lately goes first: its retry would then be recognised event by event, by id.
 * Confined to its shard.
 */
final class PublisherTable {

    /** The most publishers remembered by a shard. */
    static final int MAX_PUBLISHERS = 1_000;

    /**
     * After how long without a commit a publisher is forgotten, milliseconds; far beyond the timeout of any operation.
     */
    static final long SILENCE_MILLIS = 10 * 60_000L;

    private static final int OVERHEAD_BYTES = 192;

    /** In the order of their last commits. */
    private final Map<UUID, Last> byPublisher = new LinkedHashMap<>();

    private long bytes;

    /** The last commit of a publisher. */
    record Last(long number, CommitAnswer answer) {
        long bytes() {
            return OVERHEAD_BYTES + answer.bytes();
        }
    }

    /** The last commit of this publisher, or null if it is not known. */
    Last get(UUID publisher) {
        return byPublisher.get(publisher);
    }

    long bytes() {
        return bytes;
    }

    /** Remembers a commit unless that or a later one is there already; makes room if there is too much. */
    void put(UUID publisher, long number, CommitAnswer answer, long maxBytes) {
        Last known = byPublisher.get(publisher);
        if (known != null && known.number() >= number) {
            return;
        }
        remove(publisher);
        Last last = new Last(number, answer);
        byPublisher.put(publisher, last);
        bytes += last.bytes();
        while (byPublisher.size() > MAX_PUBLISHERS || (bytes > maxBytes && byPublisher.size() > 1)) {
            remove(byPublisher.keySet().iterator().next());
        }
    }

    /** Forgets the silent ones. */
    void expire(long time) {
        Iterator<Last> lasts = byPublisher.values().iterator();
        while (lasts.hasNext()) {
            Last last = lasts.next();
            if (time - last.answer().timestamp() <= SILENCE_MILLIS) {
                return; // the rest committed later
            }
            lasts.remove();
            bytes -= last.bytes();
        }
    }

    void clear() {
        byPublisher.clear();
        bytes = 0;
    }

    private void remove(UUID publisher) {
        Last gone = byPublisher.remove(publisher);
        if (gone != null) {
            bytes -= gone.bytes();
        }
    }

    void writeTo(DataOutput out) throws IOException {
        out.writeInt(byPublisher.size());
        for (Map.Entry<UUID, Last> entry : byPublisher.entrySet()) {
            out.writeLong(entry.getKey().getMostSignificantBits());
            out.writeLong(entry.getKey().getLeastSignificantBits());
            out.writeLong(entry.getValue().number());
            entry.getValue().answer().writeTo(out);
        }
    }

    void readFrom(DataInput in) throws IOException {
        int count = Reads.count(in, MAX_PUBLISHERS);
        for (int i = 0; i < count; i++) {
            UUID publisher = new UUID(in.readLong(), in.readLong());
            put(publisher, in.readLong(), CommitAnswer.readFrom(in), Long.MAX_VALUE);
        }
    }
}
