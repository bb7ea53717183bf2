// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import dev.sluice.stream.log.LogSlice.StoredEvent;

/**
 * The events of one stream, oldest first, reachable by index. Grows and shrinks with what it holds; not thread-safe.
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
    private long bytes;

    int size() {
        return size;
    }

    /** Of all events, overhead included. */
    long bytes() {
        return bytes;
    }

    /** The event at an index, 0 being the oldest. */
    StoredEvent get(int index) {
        return slots[(first + index) & (slots.length - 1)];
    }

    void addLast(StoredEvent event) {
        makeRoom();
        slots[(first + size) & (slots.length - 1)] = event;
        added(event);
    }

    void addFirst(StoredEvent event) {
        makeRoom();
        first = (first - 1) & (slots.length - 1);
        slots[first] = event;
        added(event);
    }

    /** Drops the oldest event; there must be one. */
    void removeFirst() {
        StoredEvent event = slots[first];
        slots[first] = null;
        first = (first + 1) & (slots.length - 1);
        size--;
        bytes -= cost(event);
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
