// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.history;

import dev.sluice.stream.Position;
import dev.sluice.stream.StreamKey;
import java.util.TreeMap;

/**
 * One stream as one subscriber saw it: order, no duplicate, dense or announced, and cursors that are honoured (P1, P2, P3, P6). What is
 * skipped is remembered until the connection ends: if it comes later, the order was wrong (P1); if not, it was lost (P3).
 */
final class Continuity {

    private final StreamKey stream;
    private final String subscriber;
    private final Findings findings;
    private final StreamBook book;
    private final TreeMap<Long, Hole> holes = new TreeMap<>();
    private Position position;
    private boolean attached;
    private int lastIndex;
    private long attachedAtMs;

    Continuity(StreamKey stream, String subscriber, Findings findings, StreamBook book) {
        this.stream = stream;
        this.subscriber = subscriber;
        this.findings = findings;
        this.book = book;
    }

    /** The connection is over, or another has begun. */
    void detach() {
        attached = false;
        reportHoles();
    }

    /** What was skipped on this connection will not come any more. */
    void reportHoles() {
        holes.values()
                .forEach(hole -> violation(
                        Promise.P3,
                        hole.index,
                        null,
                        hole.from + " to " + hole.to + " never came, and nothing said so"));
        holes.clear();
    }

    void subscribed(Entry.Subscribed entry, int index) {
        detach();
        attached = true;
        attachedAtMs = entry.atMs();
        lastIndex = index;
        Position cursor = entry.cursor();
        if (cursor != null) {
            book.seen(cursor.epoch(), index);
            checkAnswer(entry, cursor, index);
        }
        boolean recovered = Boolean.TRUE.equals(entry.recovered());
        if (recovered && cursor != null) {
            position = cursor;
        } else if (cursor == null && entry.replayed() != null) {
            position = new Position(entry.epoch(), Math.max(0, entry.seq() - entry.replayed()));
        } else {
            position = new Position(entry.epoch(), entry.seq());
        }
        book.seen(entry.epoch(), index).reach(entry.seq());
    }

    private void checkAnswer(Entry.Subscribed entry, Position cursor, int index) {
        boolean sameEpoch = cursor.epoch().equals(entry.epoch());
        if (entry.recovered() == null) {
            violation(Promise.P6, index, null, "the cursor " + cursor + " was not answered");
        } else if (entry.recovered() && !sameEpoch) {
            violation(Promise.P3, index, null, cursor + " was recovered into another epoch, " + entry.epoch());
        } else if (entry.recovered() && entry.seq() < cursor.seq()) {
            violation(Promise.P6, index, null, cursor + " was recovered by a node that is only at " + entry.seq());
        } else if (!entry.recovered() && sameEpoch && "epoch_changed".equals(entry.reason())) {
            violation(Promise.P6, index, null, cursor + " was refused for its epoch, which is still " + entry.epoch());
        } else if (!entry.recovered()
                && sameEpoch
                && "unknown_position".equals(entry.reason())
                && book.reaches(cursor.epoch(), cursor.seq())) {
            violation(Promise.P6, index, null, cursor + " had been given out and is unknown");
        }
    }

    void delivered(Entry.Delivered entry, int index) {
        EventKey event = EventKey.of(entry);
        long seq = entry.seq();
        lastIndex = index;
        book.seen(entry.epoch(), index).reach(seq);
        if (!attached) {
            violation(Promise.P3, index, event, seq + " came before 'subscribed'");
            attached = true;
        } else if (!position.epoch().equals(entry.epoch())) {
            violation(
                    Promise.P3, index, event, "epoch " + entry.epoch() + " after " + position + ", and no gap said so");
            reportHoles();
        } else if (seq <= position.seq()) {
            Hole hole = holeWith(seq);
            if (hole == null) {
                violation(Promise.P2, index, event, seq + " came although the subscriber was at " + position);
            } else {
                fill(hole, seq);
                violation(Promise.P1, index, event, seq + " came after " + position.seq());
            }
            return;
        } else if (seq > position.seq() + 1) {
            holes.put(position.seq() + 1, new Hole(position.seq() + 1, seq - 1, index));
        }
        position = new Position(entry.epoch(), seq);
    }

    private Hole holeWith(long seq) {
        var before = holes.floorEntry(seq);
        return before != null && before.getValue().to >= seq ? before.getValue() : null;
    }

    private void fill(Hole hole, long seq) {
        holes.remove(hole.from);
        if (hole.from < seq) {
            holes.put(hole.from, new Hole(hole.from, seq - 1, hole.index));
        }
        if (hole.to > seq) {
            holes.put(seq + 1, new Hole(seq + 1, hole.to, hole.index));
        }
    }

    void gap(Entry.Gap entry, int index) {
        lastIndex = index;
        book.seen(entry.epoch(), index).reach(entry.to());
        if (!attached) {
            violation(Promise.P3, index, null, "a gap came before 'subscribed'");
            attached = true;
        } else if (position.epoch().equals(entry.epoch())) {
            if (entry.from() > position.seq() + 1) {
                violation(Promise.P3, index, null, "the gap begins at " + entry.from() + ", after " + position);
            }
            position = new Position(entry.epoch(), Math.max(position.seq(), entry.to()));
            return;
        }
        reportHoles();
        position = new Position(entry.epoch(), entry.to());
    }

    private void violation(Promise promise, int index, EventKey event, String words) {
        findings.add(promise, index, stream, subscriber, event, subscriber + ": " + words);
    }

    boolean isAttached() {
        return attached;
    }

    Position position() {
        return position;
    }

    StreamBook book() {
        return book;
    }

    String subscriber() {
        return subscriber;
    }

    int lastIndex() {
        return lastIndex;
    }

    long attachedAtMs() {
        return attachedAtMs;
    }

    private record Hole(long from, long to, int index) {}
}
