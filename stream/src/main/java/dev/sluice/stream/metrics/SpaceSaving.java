// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.metrics;

import java.util.Arrays;
import java.util.function.ObjLongConsumer;

/**
 * Who has most of a flow, told in bounded memory: the Space-Saving sketch of Metwally, Agrawal and El Abbadi, "Efficient Computation of
 * Frequent and Top-k Elements in Data Streams" (ICDT 2005), with amounts instead of ones.
 *
 * <p>It has a fixed number of counters. Who has none when all are taken gets that of the least, together with its count, which is then his
 * possible error. What is told of an org is its count less that error: never too much, and too little by no more than the total
 * divided by the number of counters; an org that is not told of had no more than that either. While there are no more orgs than
 * counters, all is exact.
 *
 * <p>All memory is taken by the constructor. Not thread-safe.
 */
final class SpaceSaving {

    /** One org; chained in its bucket of the hash table, and at its place in the heap. */
    private static final class Slot {
        private String org;
        private long count;
        private long error;
        private int place;
        private Slot next;
    }

    /** A heap, the least count first; slots from {@code used} on are free. */
    private final Slot[] heap;

    private final Slot[] buckets;
    private int used;
    private long total;

    /**
     * Nothing was counted yet.
     *
     * @param capacity how many counters, at least 1
     */
    SpaceSaving(int capacity) {
        heap = new Slot[capacity];
        for (int i = 0; i < capacity; i++) {
            heap[i] = new Slot();
            heap[i].place = i;
        }
        buckets = new Slot[Integer.highestOneBit(capacity) * 4];
    }

    /** Counts an amount, not negative, for an org. */
    void add(String org, long amount) {
        total += amount;
        int bucket = bucket(org);
        for (Slot slot = buckets[bucket]; slot != null; slot = slot.next) {
            if (slot.org.equals(org)) {
                slot.count += amount;
                sink(slot);
                return;
            }
        }
        begin(org, bucket, amount);
    }

    private void begin(String org, int bucket, long amount) {
        Slot slot;
        if (used < heap.length) {
            slot = heap[used++];
            slot.count = amount;
            slot.error = 0;
        } else {
            slot = heap[0];
            unlink(slot);
            slot.error = slot.count;
            slot.count += amount;
        }
        slot.org = org;
        slot.next = buckets[bucket];
        buckets[bucket] = slot;
        rise(slot);
        sink(slot);
    }

    private int bucket(String org) {
        int hash = org.hashCode();
        return (hash ^ hash >>> 16) & buckets.length - 1;
    }

    private void unlink(Slot slot) {
        int bucket = bucket(slot.org);
        if (buckets[bucket] == slot) {
            buckets[bucket] = slot.next;
            return;
        }
        Slot before = buckets[bucket];
        while (before.next != slot) {
            before = before.next;
        }
        before.next = slot.next;
    }

    private void rise(Slot slot) {
        while (slot.place > 0) {
            Slot parent = heap[(slot.place - 1) / 2];
            if (parent.count <= slot.count) {
                return;
            }
            swap(slot, parent);
        }
    }

    private void sink(Slot slot) {
        for (int child = 2 * slot.place + 1; child < used; child = 2 * slot.place + 1) {
            Slot least = heap[child];
            if (child + 1 < used && heap[child + 1].count < least.count) {
                least = heap[child + 1];
            }
            if (slot.count <= least.count) {
                return;
            }
            swap(slot, least);
        }
    }

    private void swap(Slot one, Slot other) {
        int place = one.place;
        one.place = other.place;
        other.place = place;
        heap[one.place] = one;
        heap[other.place] = other;
    }

    /** What was counted for all since it was last drained. */
    long total() {
        return total;
    }

    /** Tells what each org that has a counter had at least, and begins anew. */
    void drain(ObjLongConsumer<String> amounts) {
        for (int i = 0; i < used; i++) {
            Slot slot = heap[i];
            amounts.accept(slot.org, slot.count - slot.error);
            slot.org = null;
            slot.next = null;
        }
        Arrays.fill(buckets, null);
        used = 0;
        total = 0;
    }
}
