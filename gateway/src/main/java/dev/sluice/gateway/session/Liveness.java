// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

/**
 * Finds clients that are gone without a word: their machine lost power or the network, so no FIN came, and nothing that is written is
 * ever refused. Who was silent for a heartbeat is sent a ping, which every WebSocket stack answers by itself; who was silent for two is
 * taken as gone.
 *
 * <p>A sign of life is a message, a pong, or room in a write queue that was full, for then the client's machine has taken bytes. So a
 * slow consumer is not mistaken for a dead one while it takes half a write queue in two heartbeats; the pong of a ping that waits behind
 * its backlog is not needed for that. One that takes less, or nothing, is treated as dead, which costs it no more than slowness does: its
 * cursors are good. (How slow it may be before, see {@link Subscriptions#sampleLag}.)
 *
 * <p>Counted in ticks, not in time: after a pause of this node all clients would seem to have been silent. Confined to the session's loop.
 */
final class Liveness {

    /** What is to be done. */
    private enum Check {
        FINE,
        PING,
        GONE
    }

    private final long ticks;
    private long silent;

    /**
     * A client that was just heard of.
     *
     * @param ticks in a heartbeat
     */
    Liveness(long ticks) {
        this.ticks = ticks;
    }

    /** A sign of life. */
    void heard() {
        silent = 0;
    }

    /** To be called each tick: pings the client, or closes its session. */
    void check(Session session, SessionWriter writer) {
        switch (tick()) {
            case PING -> writer.ping();
            case GONE -> session.close(CloseReason.UNRESPONSIVE, "nothing came from you for two heartbeats");
            case FINE -> {}
        }
    }

    private Check tick() {
        silent++;
        if (silent >= 2 * ticks) {
            return Check.GONE;
        }
        return silent == ticks ? Check.PING : Check.FINE;
    }
}
