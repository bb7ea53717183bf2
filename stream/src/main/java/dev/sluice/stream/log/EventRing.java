// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import dev.sluice.stream.log.LogSlice.StoredEvent;

/**
 * The events of one stream, oldest first, reachable by index. Some in between may be missing, never the oldest. Grows and shrinks with what it holds; not
 * thread-safe.
 */
final class EventRing {

    /** What an event costs beyond its JSON: the record, the array's header, its place in the ring. */
    static final int OVERHEAD_BYTES = 64;

    private static final StoredEvent[] NOTHING = {};
    private static final int MIN_CAPACITY = 8;

    /** The length is 0 or a power of two. */
    private StoredEvent[] slots = NOTHING;

    private int first;
    private int size;
    private int missing;
    private long bytes;

    /** How many seqs it spans, those of missing events included. */
    int size() {
        return size;
    }

    /** How many events there are. */
    int count() {
        return size - missing;
    }

    /** Of all events, overhead included. */
    long bytes() {
        return bytes;
    }

    /** The event at an index, 0 being the oldest; null if it is missing. */
    StoredEvent get(int index) {
        return slots[(first + index) & (slots.length - 1)];
    }

    void addLast(StoredEvent event) {
        makeRoom();
        slots[(first + size) & (slots.length - 1)] = event;
        added(event);
    }

    /**
     * Adds an event that is older than all others.
     *
     * @param missingAfter so many are missing between them
     */
    void addFirst(StoredEvent event, long missingAfter) {
        for (long i = 0; i < missingAfter; i++) {
            makeRoom();
            first = (first - 1) & (slots.length - 1);
            size++;
            missing++;
        }
        makeRoom();
        first = (first - 1) & (slots.length - 1);
        slots[first] = event;
        added(event);
    }

    /** Leaves room for events that may come later; there must be an older one. */
    void addMissing(long count) {
        for (long i = 0; i < count; i++) {
            makeRoom();
            size++;
            missing++;
        }
    }

    /** Puts a missing event in its place. */
    void fill(int index, StoredEvent event) {
        slots[(first + index) & (slots.length - 1)] = event;
        missing--;
        bytes += cost(event);
    }

    /** Drops the oldest event, with those that are missing after it; there must be one. */
    void removeFirst() {
        bytes -= cost(slots[first]);
        slots[first] = null;
        drop();
        while (size > 0 && get(0) == null) {
            missing--;
            drop();
        }
    }

    private void drop() {
        first = (first + 1) & (slots.length - 1);
        size--;
        if (size == 0) {
            slots = NOTHING;
            first = 0;
        } else if (slots.length > MIN_CAPACITY && size <= slots.length / 4) {
            resize(slots.length / 2);
        }
    }

    void clear() {
        slots = NOTHING;
        first = 0;
        size = 0;
        missing = 0;
        bytes = 0;
    }

    static long cost(StoredEvent event) {
        return OVERHEAD_BYTES + (long) event.json().length;
    }

    private void added(StoredEvent event) {
        size++;
        bytes += cost(event);
    }

    private void makeRoom() {
        if (size == slots.length) {
            resize(Math.max(MIN_CAPACITY, 2 * slots.length));
        }
    }

    private void resize(int capacity) {
        StoredEvent[] copy = new StoredEvent[capacity];
        for (int i = 0; i < size; i++) {
            copy[i] = get(i);
        }
        slots = copy;
        first = 0;
    }
}
