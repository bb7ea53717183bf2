// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.history;

import dev.sluice.stream.StreamKey;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Collects violations: all are counted, the first {@value #KEPT} are kept with the history around them. */
final class Findings {

    static final int KEPT = 20;

    /** How many entries of the same subscriber and stream are shown on either side. */
    private static final int BESIDE = 4;

    private static final int MOST_SHOWN = 24;

    private final List<Entry> entries;
    private final List<Found> found = new ArrayList<>();
    private final Map<Promise, Long> counts = new EnumMap<>(Promise.class);

    Findings(List<Entry> entries) {
        this.entries = entries;
    }

    /**
     * Adds one.
     *
     * @param index of the entry that shows it
     * @param subscriber who saw it, null if it is not one subscriber's
     * @param event which event it is about, null if none
     */
    void add(Promise promise, int index, StreamKey stream, String subscriber, EventKey event, String words) {
        counts.merge(promise, 1L, Long::sum);
        if (found.size() < KEPT) {
            found.add(new Found(promise, index, stream, subscriber, event, words));
        }
    }

    Map<Promise, Long> counts() {
        return counts;
    }

    List<Violation> violations() {
        return found.stream()
                .map(one -> new Violation(one.promise, one.stream + ": " + one.words, around(one)))
                .toList();
    }

    private List<Entry> around(Found one) {
        List<Entry> shown = new ArrayList<>();
        int from = one.subscriber == null ? one.index : beside(one, -1);
        int to = one.subscriber == null ? one.index : beside(one, 1);
        for (int i = 0; i < entries.size() && shown.size() < MOST_SHOWN; i++) {
            Entry entry = entries.get(i);
            boolean near = i >= from && i <= to && isOfSubscriber(entry, one);
            if (i == one.index || near || isOfEvent(entry, one)) {
                shown.add(entry);
            }
        }
        return shown;
    }

    /** The index of the entry that is the last to be shown in a direction. */
    private int beside(Found one, int step) {
        int left = BESIDE;
        int last = one.index;
        for (int i = one.index + step; i >= 0 && i < entries.size() && left > 0; i += step) {
            if (isOfSubscriber(entries.get(i), one)) {
                last = i;
                left--;
            }
        }
        return last;
    }

    private static boolean isOfSubscriber(Entry entry, Found one) {
        if (!(entry instanceof Entry.OfSubscriber seen) || !seen.subscriber().equals(one.subscriber)) {
            return false;
        }
        String service = serviceOf(seen);
        return service == null || service.equals(one.stream.service());
    }

    private static String serviceOf(Entry.OfSubscriber entry) {
        if (entry instanceof Entry.Subscribed subscribed) {
            return subscribed.service();
        }
        if (entry instanceof Entry.Delivered delivered) {
            return delivered.service();
        }
        return entry instanceof Entry.Gap gap ? gap.service() : null;
    }

    /** What its publisher saw; of its deliveries, only those to the same subscriber, for every subscriber has one. */
    private static boolean isOfEvent(Entry entry, Found one) {
        if (entry instanceof Entry.OfPublisher published) {
            return EventKey.of(published).equals(one.event);
        }
        return entry instanceof Entry.Delivered delivered
                && EventKey.of(delivered).equals(one.event)
                && delivered.subscriber().equals(one.subscriber);
    }

    private record Found(
            Promise promise, int index, StreamKey stream, String subscriber, EventKey event, String words) {}
}
