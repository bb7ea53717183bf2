// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import java.util.Locale;

/** What became of one event in one session. The order is that in which operators want to see them: first who did not get it. */
public enum Fate {
    /** The session follows the stream and has not been given the event yet. */
    BEHIND,
    /** The session ended before it was given the event; its client gets it when it resumes in time. */
    ENDED_BEFORE,
    /** The session was told by a {@code gap} that the event cannot be had. */
    GAP,
    /** The session has asked for the stream and waits for it. */
    ATTACHING,
    /** The session could not be given the stream, for its org has too many. */
    REFUSED,
    /** The token does not cover the service. */
    NOT_ALLOWED,
    /** The session does not follow the stream now. */
    NOT_SUBSCRIBED,
    /** The session has had more gaps than are remembered; this event is from before. */
    UNKNOWN,
    /** Where the session began was after the event. */
    BEGAN_LATER,
    /** The client resumed with a cursor at or after the event: an earlier session of it got the event. */
    HAD_BEFORE,
    /** It was written to the session's socket. */
    DELIVERED;

    /** The name for operators. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }
}
