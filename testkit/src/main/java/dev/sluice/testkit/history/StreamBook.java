// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.history;

import dev.sluice.stream.StreamKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which event is where in one stream, by all that was acknowledged and delivered (P4, P5). */
final class StreamBook {

    private final StreamKey stream;
    private final Findings findings;
    private final Map<String, Epoch> epochs = new LinkedHashMap<>();

    StreamBook(StreamKey stream, Findings findings) {
        this.stream = stream;
        this.findings = findings;
    }

    /** An epoch was mentioned; the first mention of each tells which is newer. */
    Epoch mention(String epoch, int index) {
        Epoch known = epochs.computeIfAbsent(epoch, name -> new Epoch(name, index));
        known.born = Math.min(known.born, index);
        return known;
    }

    /** A subscriber was told of an epoch, which was there by then. */
    Epoch seen(String epoch, int index) {
        Epoch known = mention(epoch, index);
        known.seen = Math.min(known.seen, index);
        return known;
    }

    /** An event is at a position, says a delivery. */
    void delivered(Entry.Delivered entry, int index) {
        place(seen(entry.epoch(), index), entry.seq(), EventKey.of(entry), index, false, entry.subscriber());
    }

    /**
     * An event is at a position, says an acknowledgement.
     *
     * @param attempted the index of the attempt that it answers
     * @param firstAttempted the index of the first attempt of the event: the epoch was there at some time since
     */
    void acknowledged(Entry.Acknowledged entry, int index, int attempted, int firstAttempted) {
        Epoch epoch = mention(entry.epoch(), attempted);
        epoch.seen = Math.min(epoch.seen, index);
        epoch.thereSince = Math.max(epoch.thereSince, firstAttempted);
        place(epoch, entry.seq(), EventKey.of(entry), index, true, null);
        epoch.highestAcknowledged = Math.max(epoch.highestAcknowledged, entry.seq());
        epoch.anyAcknowledged = true;
    }

    private void place(Epoch epoch, long seq, EventKey event, int index, boolean byAck, String subscriber) {
        Place there = epoch.places.get(seq);
        if (there == null) {
            there = new Place(event);
            epoch.places.put(seq, there);
        } else if (!there.event.equals(event)) {
            boolean acknowledged = byAck || there.acknowledgedAt >= 0;
            findings.add(
                    acknowledged ? Promise.P4 : Promise.P5,
                    index,
                    stream,
                    subscriber,
                    event,
                    "at " + epoch.name + ":" + seq + " there was " + there.event + ", and now " + event);
            there.contested = true;
            return;
        }
        if (byAck && there.contested && there.acknowledgedAt < 0) {
            findings.add(
                    Promise.P4,
                    index,
                    stream,
                    subscriber,
                    event,
                    "at " + epoch.name + ":" + seq + " is " + event + ", but somebody got another event there");
        }
        if (byAck && there.acknowledgedAt < 0) {
            there.acknowledgedAt = index;
        }
        Long elsewhere = epoch.seqs.putIfAbsent(event, seq);
        if (elsewhere != null && elsewhere != seq) {
            findings.add(
                    Promise.P5,
                    index,
                    stream,
                    subscriber,
                    event,
                    event + " is at " + epoch.name + ":" + elsewhere + " and at " + seq);
        }
    }

    /** The index of the first acknowledgement of what is at a position, -1 if there was none so far. */
    int acknowledgedAt(String epoch, long seq) {
        Epoch known = epochs.get(epoch);
        Place there = known == null ? null : known.places.get(seq);
        return there == null ? -1 : there.acknowledgedAt;
    }

    /** Whether anybody was given so high a position in this epoch. */
    boolean reaches(String epoch, long seq) {
        Epoch known = epochs.get(epoch);
        return known != null && known.highest() >= seq;
    }

    /** The acknowledged positions of an epoch within a range, both ends included. */
    List<Long> acknowledgedIn(String epoch, long from, long to) {
        Epoch known = epochs.get(epoch);
        List<Long> seqs = new ArrayList<>();
        if (known != null && known.anyAcknowledged && known.highestAcknowledged >= from) {
            known.places.forEach((seq, place) -> {
                if (seq >= from && seq <= to && place.acknowledgedAt >= 0) {
                    seqs.add(seq);
                }
            });
            seqs.sort(null);
        }
        return seqs;
    }

    EventKey eventAt(String epoch, long seq) {
        return epochs.get(epoch).places.get(seq).event;
    }

    /**
     * The epochs in which something was acknowledged and that certainly came after the given one: one of their events was not even tried
     * yet when the given one had been seen. An event that waited at its publisher from before that proves nothing.
     */
    List<String> acknowledgedAfter(String epoch) {
        int seen = epochs.containsKey(epoch) ? epochs.get(epoch).seen : -1;
        return epochs.values().stream()
                .filter(other -> other.anyAcknowledged && other.thereSince > seen && !other.name.equals(epoch))
                .map(other -> other.name)
                .toList();
    }

    /** The epochs in which something was acknowledged and that are not the newest. */
    List<String> acknowledgedAndGone() {
        String newest = epochs.values().stream()
                .max(Comparator.comparingInt(epoch -> epoch.born))
                .map(epoch -> epoch.name)
                .orElse("");
        return epochs.values().stream()
                .filter(epoch -> epoch.anyAcknowledged && !epoch.name.equals(newest))
                .map(epoch -> epoch.name)
                .toList();
    }

    StreamKey stream() {
        return stream;
    }

    int epochs() {
        return epochs.size();
    }

    /** One history of the stream. */
    static final class Epoch {
        private final String name;
        private final Map<Long, Place> places = new HashMap<>();
        private final Map<EventKey, Long> seqs = new HashMap<>();
        private int born;
        private int seen = Integer.MAX_VALUE;
        private int thereSince = -1;
        private boolean anyAcknowledged;
        private long highestAcknowledged;
        private long highestMentioned;

        Epoch(String name, int born) {
            this.name = name;
            this.born = born;
        }

        /** A head or a delivery says that the epoch reaches so far. */
        void reach(long seq) {
            highestMentioned = Math.max(highestMentioned, seq);
        }

        private long highest() {
            return Math.max(highestMentioned, highestAcknowledged);
        }
    }

    private static final class Place {
        private final EventKey event;
        private int acknowledgedAt = -1;
        private boolean contested;

        Place(EventKey event) {
            this.event = event;
        }
    }
}
