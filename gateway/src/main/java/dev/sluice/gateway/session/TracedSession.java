// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import dev.sluice.stream.Position;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * What became of one event in one session, for operators.
 *
 * @param session as it is, or was at its end
 * @param reason why the event was not delivered, in one word; empty when the fate says it all
 * @param cursor after all that was written; empty when the session does not follow the stream
 * @param lag how many events it is behind in the stream; of one that ended, 0
 * @param followsSince when it began to follow the stream, epoch milliseconds; empty when it does not
 * @param ended when and how it ended; empty while it is open
 */
public record TracedSession(
        SessionReport session,
        Fate fate,
        Optional<String> reason,
        Optional<Position> cursor,
        long lag,
        OptionalLong followsSince,
        Optional<Ended> ended) {

    /** How a session ended, and when, epoch milliseconds. */
    public record Ended(long at, CloseReason reason) {}

    /**
     * The sessions of a node.
     *
     * @param counts how many have which fate
     * @param sessions some of them, those first that did not get the event
     * @param remembered how many sessions that ended are remembered, of all orgs
     * @param completeSince none that ended since is missing, epoch milliseconds; empty when none is missing at all
     */
    public record Page(
            Map<Fate, Long> counts, List<TracedSession> sessions, long remembered, OptionalLong completeSince) {}

    static TracedSession open(Session session, TracedEvent event) {
        Subscriptions subscriptions = session.subscriptions();
        String service = event.stream().service();
        Subscription subscription = subscriptions.find(service);
        if (subscription != null) {
            return following(session, subscription, event.position());
        }
        Fate fate = Fate.NOT_SUBSCRIBED;
        if (subscriptions.isAttaching(service)) {
            fate = Fate.ATTACHING;
        } else if (subscriptions.isRefused(service)) {
            fate = Fate.REFUSED;
        } else if (!session.claims().allowsService(service)) {
            fate = Fate.NOT_ALLOWED;
        }
        return new TracedSession(
                session.report(), fate, Optional.empty(), Optional.empty(), 0, OptionalLong.empty(), Optional.empty());
    }

    private static TracedSession following(Session session, Subscription subscription, Position event) {
        Place place = subscription.place();
        Fate fate = place.fate(event);
        return new TracedSession(
                session.report(),
                fate,
                reason(fate, place, () -> subscription.waitsFor(event)),
                Optional.of(place.cursor()),
                subscription.lag(),
                OptionalLong.of(place.passage().since()),
                Optional.empty());
    }

    /** Of one that is over; empty when it did not follow the stream at its end. */
    static Optional<TracedSession> ended(EndedSession session, TracedEvent event) {
        return Optional.ofNullable(session.places().get(event.stream().service()))
                .map(place -> {
                    Fate fate = place.fate(event.position());
                    return new TracedSession(
                            session.session(),
                            fate == Fate.BEHIND ? Fate.ENDED_BEFORE : fate,
                            reason(fate, place, () -> session.reason().wire()),
                            Optional.of(place.cursor()),
                            0,
                            OptionalLong.of(place.passage().since()),
                            Optional.of(new Ended(session.at(), session.reason())));
                });
    }

    private static Optional<String> reason(Fate fate, Place place, Supplier<String> behind) {
        return switch (fate) {
            case BEHIND -> Optional.of(behind.get());
            case BEGAN_LATER -> Optional.of(place.passage().beginning());
            case GAP -> Optional.of(Subscription.EXPIRED);
            default -> Optional.empty();
        };
    }
}
