// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * An operator's look at the sessions of a node. Every loop walks through its own, some a turn, and keeps no more than it was asked for, so
 * that ten thousand sessions hold nobody up. Any thread.
 */
public final class SessionSurvey {

    /** The farthest behind first; among equals in an order that stays. */
    public static final Comparator<SessionReport> FARTHEST_BEHIND =
            Comparator.comparingLong(SessionReport::lag).reversed().thenComparing(SessionReport::session);

    private final Supplier<Collection<SessionLoop>> loops;

    /** Of the sessions on these loops. */
    public SessionSurvey(Supplier<Collection<SessionLoop>> loops) {
        this.loops = loops;
    }

    /** What one loop has found; confined to it until its walk is over. */
    private static final class Found {
        private final String text;
        private final boolean slowOnly;
        private final int limit;
        /** The last in the order stands first, to be dropped when there is another one. */
        private final PriorityQueue<SessionReport> first = new PriorityQueue<>(FARTHEST_BEHIND.reversed());

        private long total;
        private long matched;
        private long slow;

        Found(String text, boolean slowOnly, int limit) {
            this.text = text;
            this.slowOnly = slowOnly;
            this.limit = limit;
        }

        void look(Session session) {
            SessionReport report = session.report();
            total++;
            slow += report.slowSamples() > 0 ? 1 : 0;
            if (!report.mentions(text) || (slowOnly && report.slowSamples() == 0)) {
                return;
            }
            matched++;
            first.add(report);
            if (first.size() > limit) {
                first.remove();
            }
        }
    }

    /**
     * The sessions that are farthest behind.
     *
     * @param text to be part of the session's id, its user or its org, in whatever case; empty for all
     * @param slowOnly only those that are slow consumers now
     * @param limit so many at most
     */
    public Future<SessionReport.Page> page(String text, boolean slowOnly, int limit) {
        String lowerCase = text.toLowerCase(Locale.ROOT);
        List<Found> found = new ArrayList<>();
        List<Future<Void>> walks = new ArrayList<>();
        for (SessionLoop loop : loops.get()) {
            Found here = new Found(lowerCase, slowOnly, limit);
            found.add(here);
            walks.add(loop.visit(here::look));
        }
        return Future.all(walks).map(all -> merge(found, limit));
    }

    private static SessionReport.Page merge(List<Found> found, int limit) {
        return new SessionReport.Page(
                found.stream().mapToLong(here -> here.total).sum(),
                found.stream().mapToLong(here -> here.matched).sum(),
                found.stream().mapToLong(here -> here.slow).sum(),
                found.stream()
                        .flatMap(here -> here.first.stream())
                        .sorted(FARTHEST_BEHIND)
                        .limit(limit)
                        .toList());
    }

    /**
     * What became of an event in the sessions of its org, those that ended lately included.
     *
     * @param limit so many are named at most
     */
    public Future<TracedSession.Page> trace(TracedEvent event, int limit) {
        List<SessionTrace> found = new ArrayList<>();
        List<Future<Void>> walks = new ArrayList<>();
        for (SessionLoop loop : loops.get()) {
            SessionTrace here = new SessionTrace(event, limit);
            found.add(here);
            walks.add(loop.visit(here::look, here::look, here::lookAgain));
        }
        return Future.all(walks).map(all -> SessionTrace.merge(found, limit));
    }

    /** One session with its streams; empty when it is not here. */
    public Future<Optional<SessionReport.Details>> find(String id) {
        return ifHere(
                id,
                (session, found) -> found.add(new SessionReport.Details(
                        session.report(), session.subscriptions().report())));
    }

    /**
     * Sends a session away: {@code goaway} with the reason {@code rebalance} and no time, then 4005. Its client comes back by itself, to
     * whichever node it reaches, and resumes.
     *
     * @return whose it was; empty when it is not here
     */
    public Future<Optional<SessionReport>> disconnect(String id) {
        return ifHere(id, (session, found) -> {
            found.add(session.report());
            session.goAway(GoAwayReason.REBALANCE, 0, 0);
        });
    }

    private <T> Future<Optional<T>> ifHere(String id, BiConsumer<Session, List<T>> then) {
        List<List<T>> found = new ArrayList<>();
        List<Future<Void>> walks = new ArrayList<>();
        for (SessionLoop loop : loops.get()) {
            List<T> here = new ArrayList<>();
            found.add(here);
            walks.add(loop.visit(session -> {
                if (session.id().equals(id)) {
                    then.accept(session, here);
                }
            }));
        }
        return Future.all(walks).map(all -> found.stream().flatMap(List::stream).findFirst());
    }
}
