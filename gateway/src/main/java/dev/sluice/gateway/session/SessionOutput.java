// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import dev.sluice.gateway.replay.EventFrame;

/** The way to one client. All methods on the session's event loop; none blocks. */
public interface SessionOutput {

    /** Whether something may be written now. False when the write queue is full or the connection is gone; then {@link Session#onWritable} tells. */
    boolean isWritable();

    /**
     * Writes an event frame without flushing.
     *
     * @return how many bytes went out; negative when they were deflated ones
     */
    int writeEvents(EventFrame frame);

    /** Writes a small frame without flushing. */
    void writeControl(ControlFrame frame);

    /** Hands what was written to the system. */
    void flush();

    /** Asks the client's machine for a sign of life, without flushing; {@link Session#onPong} tells of it. */
    void ping();

    /** Says why, if that can be written, and closes; what was written before still goes out, for a bounded time. */
    void close(Closing closing);

    /** What it goes over. */
    Transport transport();

    /** Whether the client negotiated deflated frames. */
    boolean takesDeflated();
}
