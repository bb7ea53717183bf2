// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import dev.sluice.gateway.replay.Resume;
import dev.sluice.stream.Cursor;
import dev.sluice.stream.Position;
import java.util.ArrayList;
import java.util.List;

/**
 * The way of a session through a stream, as far as it takes to say what became of an event: where it began, and what it was told that it
 * cannot have. A delivery changes nothing in it. Confined to the session's loop, also when the session is over.
 */
final class Passage {

    /** So many gaps are remembered. */
    static final int MAX_GAPS = 8;

    static final String LATEST = "latest";
    static final String EARLIEST = "earliest";
    static final String RESUMED = "resumed";

    private final long since;
    /** Of the cursor's epoch always. */
    private Position start;

    private String beginning;
    private List<Gap> gaps = List.of();
    /** Up to here there were gaps that are not remembered. */
    private long forgotten;

    private record Gap(long from, long to) {
        boolean has(long seq) {
            return from <= seq && seq <= to;
        }
    }

    /**
     * Begins.
     *
     * @param since epoch milliseconds
     * @param asked what the client asked for
     * @param epoch of the stream
     * @param resume what it was given
     */
    Passage(long since, Cursor asked, String epoch, Resume resume) {
        this.since = since;
        this.start = new Position(epoch, resume.from());
        this.beginning = resume.reason().map(Resume.Reason::wire).orElseGet(() -> beginning(asked));
    }

    private static String beginning(Cursor asked) {
        if (asked instanceof Cursor.Latest) {
            return LATEST;
        }
        return asked instanceof Cursor.Earliest ? EARLIEST : RESUMED;
    }

    /** When the session began to follow the stream, epoch milliseconds. */
    long since() {
        return since;
    }

    /** The session was told that the stream has another epoch, and goes on after the position. */
    void epochChanged(Position from) {
        start = from;
        beginning = Subscription.EPOCH_CHANGED;
        gaps = List.of();
        forgotten = 0;
    }

    /** The session was told that these expired before it came to them. */
    void gap(long from, long to) {
        List<Gap> all = new ArrayList<>(gaps);
        all.add(new Gap(from, to));
        if (all.size() > MAX_GAPS) {
            forgotten = all.remove(0).to();
        }
        gaps = all;
    }

    /**
     * What became of an event of the stream's present epoch.
     *
     * @param cursor after all that was written
     */
    Fate fate(Position event, Position cursor) {
        if (!cursor.epoch().equals(event.epoch())) {
            return Fate.BEHIND;
        }
        if (event.seq() <= start.seq()) {
            return beginning.equals(RESUMED) ? Fate.HAD_BEFORE : Fate.BEGAN_LATER;
        }
        if (event.seq() <= forgotten) {
            return Fate.UNKNOWN;
        }
        if (gaps.stream().anyMatch(gap -> gap.has(event.seq()))) {
            return Fate.GAP;
        }
        return event.seq() <= cursor.seq() ? Fate.DELIVERED : Fate.BEHIND;
    }

    /**
     * With what the session began, which is why it was not given what was before: {@code latest}, {@code earliest}, {@code resumed}, or the
     * reason for which its cursor was not honoured.
     */
    String beginning() {
        return beginning;
    }
}
