// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import dev.sluice.stream.EventId;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Which events a stream has seen lately, by id (P5): a ring in the order of arrival, for the oldest go first, and over
 * it a hash table of ring slots. Primitive arrays, because a shard remembers up to hundreds of thousands: 40 bytes an
 * id when full, against some 120 of a {@code LinkedHashMap}. Not thread-safe.
 *
 * <p>Ids come from strangers, who could search for some that collide here. That costs a lookup at most one pass over
 * the window, a few microseconds, and only in their own stream.
 */
final class IdWindow {

    /** What an id is counted as: four longs, two table cells, and the slack of arrays that double. */
    static final int ID_BYTES = 64;

    private static final int MIN_CAPACITY = 16;

    // The ring: its capacity is 0 or a power of two.
    private long[] highs = {};
    private long[] lows = {};
    private long[] seqs = {};
    private long[] times = {};
    private int first;
    private int size;

    /** Open addressing with linear probing: ring slot + 1, or 0 for free; twice the ring's capacity. */
    private int[] table = {};

    int size() {
        return size;
    }

    /** The seq that the event got, or 0 if its id is not known. */
    long find(EventId id) {
        if (size == 0) {
            return 0;
        }
        int mask = table.length - 1;
        for (int cell = (int) id.low() & mask; table[cell] != 0; cell = (cell + 1) & mask) {
            int slot = table[cell] - 1;
            if (lows[slot] == id.low() && highs[slot] == id.high()) {
                return seqs[slot];
            }
        }
        return 0;
    }

    /**
     * Adds an id. One that is there already counts from now on as the newer of the two; that happens on a backup that
     * missed why the primary had forgotten it.
     *
     * @param time epoch milliseconds; one lower than that of the newest id counts as that
     */
    void add(EventId id, long seq, long time) {
        if (size == seqs.length) {
            resize(Math.max(MIN_CAPACITY, 2 * seqs.length));
        }
        long newest = size == 0 ? time : times[slot(size - 1)];
        int slot = slot(size);
        highs[slot] = id.high();
        lows[slot] = id.low();
        seqs[slot] = seq;
        times[slot] = Math.max(time, newest);
        size++;
        index(slot);
    }

    /** Drops what is over the count or came before the time. */
    void prune(int maxIds, long notBefore) {
        while (size > 0 && (size > maxIds || times[first] < notBefore)) {
            removeOldest();
        }
    }

    /** Drops the oldest id; there must be one. */
    void removeOldest() {
        unindex(first);
        first = (first + 1) & (seqs.length - 1);
        size--;
        if (seqs.length > MIN_CAPACITY && size <= seqs.length / 4) {
            resize(seqs.length / 2);
        }
    }

    void writeTo(DataOutput out) throws IOException {
        out.writeInt(size);
        for (int i = 0; i < size; i++) {
            int slot = slot(i);
            out.writeLong(highs[slot]);
            out.writeLong(lows[slot]);
            out.writeLong(seqs[slot]);
            out.writeLong(times[slot]);
        }
    }

    static IdWindow readFrom(DataInput in) throws IOException {
        IdWindow window = new IdWindow();
        int size = Reads.count(in);
        for (int i = 0; i < size; i++) {
            window.add(new EventId(in.readLong(), in.readLong()), Reads.seq(in), in.readLong());
        }
        return window;
    }

    private int slot(int index) {
        return (first + index) & (seqs.length - 1);
    }

    private void index(int slot) {
        int mask = table.length - 1;
        int cell = (int) lows[slot] & mask;
        while (table[cell] != 0 && !isSameId(table[cell] - 1, slot)) {
            cell = (cell + 1) & mask;
        }
        table[cell] = slot + 1;
    }

    private boolean isSameId(int slot, int other) {
        return lows[slot] == lows[other] && highs[slot] == highs[other];
    }

    /** Frees the slot's cell and closes the hole, so that no probe ends too early (Knuth 6.4, algorithm R). */
    private void unindex(int slot) {
        int mask = table.length - 1;
        int hole = (int) lows[slot] & mask;
        while (table[hole] != slot + 1) {
            if (table[hole] == 0) {
                return; // the id was added again
            }
            hole = (hole + 1) & mask;
        }
        for (int cell = (hole + 1) & mask; table[cell] != 0; cell = (cell + 1) & mask) {
            int home = (int) lows[table[cell] - 1] & mask;
            if (((cell - home) & mask) >= ((cell - hole) & mask)) {
                table[hole] = table[cell];
                hole = cell;
            }
        }
        table[hole] = 0;
    }

    private void resize(int capacity) {
        highs = unrolled(highs, capacity);
        lows = unrolled(lows, capacity);
        times = unrolled(times, capacity);
        seqs = unrolled(seqs, capacity);
        first = 0;
        table = new int[2 * capacity];
        for (int i = 0; i < size; i++) {
            index(i);
        }
    }

    private long[] unrolled(long[] ring, int capacity) {
        long[] copy = new long[capacity];
        int tail = Math.min(size, ring.length - first);
        System.arraycopy(ring, first, copy, 0, tail);
        System.arraycopy(ring, 0, copy, tail, size - tail);
        return copy;
    }
}
