// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.Set;

/** What one loop finds of an event's way to its sessions; keeps no more than was asked for. Confined to the loop until its walk is over. */
final class SessionTrace {

    private static final Comparator<TracedSession> UNSERVED_FIRST = Comparator.comparing(TracedSession::fate)
            .thenComparing(traced -> traced.ended().isPresent())
            .thenComparing(traced -> traced.session().session());

    private final TracedEvent event;
    private final int limit;
    private final Map<Fate, Long> counts = new EnumMap<>(Fate.class);
    /** The last in the order stands first, to be dropped when there is another one. */
    private final PriorityQueue<TracedSession> first = new PriorityQueue<>(UNSERVED_FIRST.reversed());

    /** Who was there when the walk began, and was not open when its turn came. */
    private final Set<String> missed = new HashSet<>();

    private long remembered;
    private OptionalLong completeSince = OptionalLong.empty();

    SessionTrace(TracedEvent event, int limit) {
        this.event = event;
        this.limit = limit;
    }

    void look(Session session) {
        if (!session.isOpen()) {
            // Not let in yet, and of no org; or ended since the walk began.
            missed.add(session.id());
        } else if (event.concerns(session.report())) {
            add(TracedSession.open(session, event));
        }
    }

    /** Those that were over when the walk began. */
    void look(EndedSessions ended) {
        remembered += ended.size();
        completeSince = later(completeSince, ended.completeSince());
        ended.forEach(this::look);
    }

    /** When the walk is over: who ended before its turn came. */
    void lookAgain(EndedSessions ended) {
        ended.forEach(session -> {
            if (missed.contains(session.session().session())) {
                look(session);
            }
        });
    }

    private void look(EndedSession session) {
        if (event.concerns(session.session())) {
            TracedSession.ended(session, event).ifPresent(this::add);
        }
    }

    private void add(TracedSession traced) {
        counts.merge(traced.fate(), 1L, Long::sum);
        if (isNamed(traced.fate())) {
            first.add(traced);
            if (first.size() > limit) {
                first.remove();
            }
        }
    }

    /** Who does not follow the stream is only of interest if it is asked for by name. */
    private boolean isNamed(Fate fate) {
        return event.user().isPresent() || (fate != Fate.NOT_ALLOWED && fate != Fate.NOT_SUBSCRIBED);
    }

    private static OptionalLong later(OptionalLong one, OptionalLong other) {
        return one.isPresent() && other.isPresent()
                ? OptionalLong.of(Math.max(one.getAsLong(), other.getAsLong()))
                : one.isPresent() ? one : other;
    }

    /** What all loops of a node have found. */
    static TracedSession.Page merge(Collection<SessionTrace> found, int limit) {
        Map<Fate, Long> counts = new EnumMap<>(Fate.class);
        long remembered = 0;
        OptionalLong completeSince = OptionalLong.empty();
        for (SessionTrace here : found) {
            here.counts.forEach((fate, count) -> counts.merge(fate, count, Long::sum));
            remembered += here.remembered;
            completeSince = later(completeSince, here.completeSince);
        }
        List<TracedSession> sessions = found.stream()
                .flatMap(here -> here.first.stream())
                .sorted(UNSERVED_FIRST)
                .limit(limit)
                .toList();
        return new TracedSession.Page(counts, sessions, remembered, completeSince);
    }
}
