// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.simulation;

import dev.sluice.gateway.replay.EventFrame;
import dev.sluice.gateway.session.Closing;
import dev.sluice.gateway.session.ControlFrame;
import dev.sluice.gateway.session.SessionOutput;
import dev.sluice.gateway.session.Transport;

/** A socket that takes everything, counts what is done to it, and allocates nothing. */
public final class CountingOutput implements SessionOutput {

    private final boolean deflate;
    private int frames;
    private int events;
    private int deflatedFrames;
    private int flushes;
    private EventFrame last;

    /** A socket whose client takes deflated frames, or not. */
    public CountingOutput(boolean deflate) {
        this.deflate = deflate;
    }

    @Override
    public boolean isWritable() {
        return true;
    }

    @Override
    public int writeEvents(EventFrame frame) {
        frames++;
        events += frame.size();
        last = frame;
        if (deflate && frame.deflated() != null) {
            deflatedFrames++;
            return -frame.deflated().length;
        }
        return frame.jsonLength();
    }

    @Override
    public void writeControl(ControlFrame frame) {
        // Not what is counted here.
    }

    @Override
    public void flush() {
        flushes++;
    }

    @Override
    public void ping() {
        // The client never answers; nobody waits for that here.
    }

    @Override
    public void close(Closing closing) {
        throw new AssertionError("closed: " + closing.reason());
    }

    @Override
    public Transport transport() {
        return Transport.WEBSOCKET;
    }

    @Override
    public boolean takesDeflated() {
        return deflate;
    }

    /** Begins to count anew. */
    public void reset() {
        frames = 0;
        events = 0;
        deflatedFrames = 0;
        flushes = 0;
        last = null;
    }

    /** How many event frames were written. */
    public int frames() {
        return frames;
    }

    /** How many events were in them. */
    public int events() {
        return events;
    }

    /** How many of the frames went out deflated. */
    public int deflatedFrames() {
        return deflatedFrames;
    }

    /** How often it was flushed. */
    public int flushes() {
        return flushes;
    }

    /** The event frame that was written last, the very object; null when there was none. */
    public EventFrame last() {
        return last;
    }
}
