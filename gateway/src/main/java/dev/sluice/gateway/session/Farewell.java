// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

/** The way out of a session that the node wants gone: told first, closed if it stays. Confined to the session's loop. */
final class Farewell {

    private final Session session;
    private final SessionLoop loop;
    private GoAwayReason reason = GoAwayReason.DRAIN;
    private Runnable cancel = () -> {};

    Farewell(Session session, SessionLoop loop) {
        this.session = session;
        this.loop = loop;
    }

    /** Tells the client; a second time tells it the new slot, which takes the place of the old one. */
    void begin(GoAwayReason why, long reconnectAfterMs, long deadlineMs) {
        cancel.run();
        reason = why;
        session.write(ServerFrames.goAway(why.wire(), reconnectAfterMs, deadlineMs));
        session.flush();
        cancel = loop.schedule(Math.max(1, deadlineMs), this::now);
    }

    /** The client has had its time. */
    void now() {
        session.close(reason.close(), reason.wire());
    }

    /** The session is gone, one way or the other. */
    void end() {
        cancel.run();
    }
}
