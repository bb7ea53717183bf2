// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import dev.sluice.gateway.replay.EventFrame;

/**
 * What one session writes: remembers when it did, has it flushed once a turn, and bounds what is written to a client that does not read
 * (P8). Confined to the session's loop.
 */
final class SessionWriter {

    private final Session session;
    private final SessionLoop loop;
    private final SessionOutput output;
    private final int maxUnread;
    private long lastWrite;
    /** Bytes of small frames that were written while the queue was full. */
    private long unread;

    private boolean toFlush;

    SessionWriter(Session session, SessionLoop loop, SessionOutput output) {
        this.session = session;
        this.loop = loop;
        this.output = output;
        this.maxUnread = loop.services().options().writeBufferBytes();
        this.lastWrite = loop.now();
    }

    /** The queue was empty enough to be written to again. */
    void drained() {
        unread = 0;
    }

    /** Writes an event frame; as {@link SessionOutput#writeEvents}. */
    int events(EventFrame frame) {
        int written = output.writeEvents(frame);
        wrote();
        return written;
    }

    /** Writes a small frame; false when so many were not read that no more can be. */
    boolean small(ControlFrame frame) {
        if (!output.isWritable()) {
            unread += frame.json().length;
            if (unread > maxUnread) {
                return false;
            }
        }
        output.writeControl(frame);
        wrote();
        return true;
    }

    /** Asks for a sign of life. */
    void ping() {
        output.ping();
        flushLater();
    }

    private void wrote() {
        lastWrite = loop.now();
        flushLater();
    }

    private void flushLater() {
        if (!toFlush) {
            toFlush = true;
            loop.flushLater(session);
        }
    }

    /** Hands what was written in this turn to the system. */
    void flush() {
        if (toFlush) {
            toFlush = false;
            output.flush();
        }
    }

    /** When something was written last, epoch milliseconds; when it was connected, before that. */
    long lastWrite() {
        return lastWrite;
    }

    /** Whether nothing was written for so long, and something could be. */
    boolean isIdle(long now, long forMs) {
        return now - lastWrite >= forMs && output.isWritable();
    }
}
