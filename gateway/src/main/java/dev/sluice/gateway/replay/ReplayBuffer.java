// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.replay;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * A node's recent batches of one epoch of one stream, encoded once and read by every session of the node.
 *
 * <p>One writer (the hub's event loop), any number of readers. A reader takes the view behind one volatile reference: it
 * is immutable but for the slots of the ring, which the writer clears or reuses once their batch is out; a reader that meets such a slot sees
 * another batch or none, recognises it by its seqs and takes the event for gone. So nobody waits, and a reader that is far behind
 * holds nothing in memory. Pure: no clock, no thread of its own.
 *
 * <p>Bounded by events, bytes and age; what goes out goes out oldest first. The newest batch stays, unless {@link #trim} says
 * otherwise.
 */
public final class ReplayBuffer {

    /**
     * The bounds of a buffer.
     *
     * @param maxEvents so many events are kept at least, unless another bound is reached
     * @param maxBytes the most bytes, encoded frames included
     * @param maxAgeMs the oldest event kept, in milliseconds since the log accepted it
     */
    public record Limits(int maxEvents, long maxBytes, long maxAgeMs) {}

    private static final int FIRST_CAPACITY = 16;

    private final String epoch;
    private final Limits limits;
    private long bytes;
    private volatile View view;

    /**
     * An empty buffer.
     *
     * @param epoch the epoch of the events to come
     * @param head the seq before the first event that will be appended
     */
    public ReplayBuffer(String epoch, long head, Limits limits) {
        this.epoch = epoch;
        this.limits = limits;
        this.view = new View(new Batch[FIRST_CAPACITY], 0, 0, head + 1, head);
    }

    /** The epoch of every event in it. */
    public String epoch() {
        return epoch;
    }

    /** The seq of the newest event that was ever in it. Any thread. */
    public long head() {
        return view.head;
    }

    /** The seq of the oldest event in it, {@code head + 1} when it is empty. Any thread. */
    public long oldest() {
        return view.oldest;
    }

    /** How many bytes it holds. Writer only. */
    public long bytes() {
        return bytes;
    }

    /**
     * The live frame that begins right after the cursor. Any thread.
     *
     * @return null when nothing begins there: the cursor is at the head, fell out, or stands inside a batch
     */
    public EventFrame frameAfter(long cursor) {
        Batch batch = view.find(cursor + 1);
        return batch != null && batch.firstSeq() == cursor + 1 ? batch.frame() : null;
    }

    /** How an event came; empty when it is not held. Any thread. */
    public Optional<Arrival> arrival(long seq) {
        return Optional.ofNullable(view.find(seq)).map(batch -> batch.arrival(seq));
    }

    /**
     * Copies out events for a frame that is not a whole batch. Any thread.
     *
     * @param maxBytes the most bytes of events; the first is returned even if it alone has more
     * @return at most {@link FrameEncoder#MAX_EVENTS} events after {@code cursor} up to {@code to}; empty when the first of
     *     them is not held
     */
    public Range range(long cursor, long to, int maxBytes) {
        View current = view;
        List<byte[]> events = new ArrayList<>();
        long timestamp = 0;
        long last = Math.min(to, cursor + FrameEncoder.MAX_EVENTS);
        int size = 0;
        Batch batch = null;
        for (long seq = cursor + 1; seq <= last; seq++) {
            if (batch == null || !batch.contains(seq)) {
                batch = current.find(seq);
                if (batch == null) {
                    break;
                }
            }
            byte[] event = batch.event(seq);
            size += event.length;
            if (size > maxBytes && !events.isEmpty()) {
                break;
            }
            events.add(event);
            timestamp = batch.timestamp(seq);
        }
        return new Range(cursor + 1, events, timestamp);
    }

    /**
     * Consecutive events.
     *
     * @param firstSeq the seq of the first
     * @param events their bytes
     * @param timestamp when the log accepted the last of them
     */
    public record Range(long firstSeq, List<byte[]> events, long timestamp) {

        /** Shared by the encoder, never changed. */
        public Range {
            events = Collections.unmodifiableList(events);
        }
    }

    /**
     * Appends a batch and lets go of what is over the bounds. Writer only.
     *
     * @throws IllegalArgumentException if the batch does not begin right after the head
     */
    public void append(Batch batch) {
        View old = view;
        if (batch.firstSeq() != old.head + 1) {
            throw new IllegalArgumentException("batch begins at " + batch.firstSeq() + ", head is " + old.head);
        }
        Batch[] ring = old.next - old.first == old.ring.length ? grown(old) : old.ring;
        ring[slot(ring, old.next)] = batch;
        bytes += batch.footprint();
        view = trimmed(new View(ring, old.first, old.next + 1, old.oldest, batch.lastSeq()));
    }

    /** Lets go of batches that are over the age bound. Writer only. */
    public void expire(long now) {
        View current = view;
        while (current.next - current.first > 1
                && current.oldestBatch().frame().timestamp() < now - limits.maxAgeMs()) {
            current = withoutOldest(current);
        }
        view = current;
    }

    /** Lets go of the oldest batches, of the newest as well if need be, until at most so many bytes are held. Writer only. */
    public void trim(long maxBytes) {
        View current = view;
        while (current.next > current.first && bytes > maxBytes) {
            current = withoutOldest(current);
        }
        view = current;
    }

    /**
     * A buffer with the same content and older events before it, as far as the bounds allow. Writer only.
     *
     * @param older batches that end right before {@link #oldest()}, oldest first; not empty
     */
    public ReplayBuffer withOlder(List<Batch> older) {
        ReplayBuffer longer = new ReplayBuffer(epoch, older.get(0).firstSeq() - 1, limits);
        older.forEach(longer::append);
        View current = view;
        for (long i = current.first; i < current.next; i++) {
            longer.append(current.ring[slot(current.ring, i)]);
        }
        if (longer.head() != current.head) {
            throw new IllegalArgumentException(
                    "the older events end at " + longer.head() + ", head is " + current.head);
        }
        return longer;
    }

    private View trimmed(View start) {
        View current = start;
        while (current.next - current.first > 1
                && (bytes > limits.maxBytes()
                        || current.head - current.oldestBatch().lastSeq() >= limits.maxEvents())) {
            current = withoutOldest(current);
        }
        return current;
    }

    private View withoutOldest(View current) {
        Batch out = current.oldestBatch();
        bytes -= out.footprint();
        current.ring[slot(current.ring, current.first)] = null;
        return new View(current.ring, current.first + 1, current.next, out.lastSeq() + 1, current.head);
    }

    private static Batch[] grown(View view) {
        Batch[] larger = new Batch[view.ring.length * 2];
        for (long i = view.first; i < view.next; i++) {
            larger[slot(larger, i)] = view.ring[slot(view.ring, i)];
        }
        return larger;
    }

    private static int slot(Batch[] ring, long index) {
        return (int) (index & (ring.length - 1));
    }

    /** What a reader sees: batches number {@code first} to {@code next - 1} of all that were ever appended. */
    private static final class View {
        private final Batch[] ring;
        private final long first;
        private final long next;
        private final long oldest;
        private final long head;

        View(Batch[] ring, long first, long next, long oldest, long head) {
            this.ring = ring;
            this.first = first;
            this.next = next;
            this.oldest = oldest;
            this.head = head;
        }

        Batch oldestBatch() {
            return ring[slot(ring, first)];
        }

        /** The batch that holds the seq, or null. The newest is looked at first: that is where live sessions read. */
        Batch find(long seq) {
            if (seq > head || seq < oldest) {
                return null;
            }
            long low = first;
            long high = next - 1;
            long probe = high;
            while (low <= high) {
                Batch batch = ring[slot(ring, probe)];
                if (batch == null || seq > batch.lastSeq()) {
                    // A cleared slot was older than all that is left.
                    low = probe + 1;
                } else if (seq < batch.firstSeq()) {
                    high = probe - 1;
                } else {
                    return batch;
                }
                probe = (low + high) >>> 1;
            }
            return null;
        }
    }
}
