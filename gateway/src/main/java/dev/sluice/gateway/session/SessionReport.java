// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import dev.sluice.stream.auth.Claims;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What an operator may see of a session: who, since when, how far behind. Neither its token nor anything of its events.
 *
 * @param org empty until the client is let in
 * @param user empty until then, or when the token has no {@code sub}
 * @param transport {@code websocket}, {@code sse} or {@code poll}
 * @param connectedAt epoch milliseconds
 * @param lastWrite when something was written to it last, epoch milliseconds
 * @param lag in the stream where it is farthest behind, in events
 * @param slowSamples in so many samples in a row it was farther behind than {@code gateway.session.maxLag}
 * @param subscriptions how many streams it follows or asked for
 */
public record SessionReport(
        String session,
        Optional<String> org,
        Optional<String> user,
        String transport,
        long connectedAt,
        long lastWrite,
        long lag,
        int slowSamples,
        int subscriptions) {

    /** The lease is null until the client is let in. */
    static SessionReport of(
            Session session, TokenLease lease, long connectedAt, long lastWrite, Subscriptions subscriptions) {
        Optional<Claims> claims = Optional.ofNullable(lease).map(TokenLease::claims);
        return new SessionReport(
                session.id(),
                claims.flatMap(Claims::org),
                claims.flatMap(Claims::subject),
                session.transport().wire(),
                connectedAt,
                lastWrite,
                subscriptions.lag(),
                subscriptions.slowSamples(),
                subscriptions.size());
    }

    /** Whether the text is in the session's id, user or org; in which case does not matter. */
    boolean mentions(String lowerCase) {
        return contains(session, lowerCase)
                || user.filter(name -> contains(name, lowerCase)).isPresent()
                || org.filter(name -> contains(name, lowerCase)).isPresent();
    }

    private static boolean contains(String text, String lowerCase) {
        return text.toLowerCase(Locale.ROOT).contains(lowerCase);
    }

    /**
     * Some of the sessions of a node.
     *
     * @param total how many there are
     * @param matched how many are what was asked for
     * @param slow how many of all are slow
     * @param sessions the first of those that matched, the farthest behind first
     */
    public record Page(long total, long matched, long slow, List<SessionReport> sessions) {}

    /** One session with its streams. */
    public record Details(SessionReport session, List<StreamReport> streams) {}
}
