// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * The sessions of one loop that ended last, for operators who ask what became of an event. Bounded by sessions and by their streams, for a
 * session may follow many. Confined to the loop.
 */
final class EndedSessions {

    /** So many are remembered. */
    static final int MAX_SESSIONS = 500;

    /** So many streams of all of them. */
    static final int MAX_STREAMS = 2_000;

    private final Deque<EndedSession> ended = new ArrayDeque<>();
    private int streams;
    private boolean forgot;

    void add(EndedSession session) {
        ended.addLast(session);
        streams += session.places().size();
        while (ended.size() > MAX_SESSIONS || (streams > MAX_STREAMS && ended.size() > 1)) {
            streams -= ended.removeFirst().places().size();
            forgot = true;
        }
    }

    int size() {
        return ended.size();
    }

    /** Since when none is missing, epoch milliseconds; empty when none was forgotten. */
    OptionalLong completeSince() {
        return forgot ? OptionalLong.of(ended.getFirst().at()) : OptionalLong.empty();
    }

    void forEach(Consumer<EndedSession> visitor) {
        ended.forEach(visitor);
    }
}
