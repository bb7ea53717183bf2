// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.hub;

import dev.sluice.gateway.replay.EventFrame;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * A few recent replay frames of a stream. After a node is lost, thousands of sessions come back with the same cursor within seconds:
 * they share the frame that the first of them had encoded. Any thread.
 */
public final class ReplayFrames {

    private static final int MAX_FRAMES = 16;

    private final ConcurrentHashMap<Wanted, EventFrame> frames = new ConcurrentHashMap<>();

    /**
     * What a frame was encoded for.
     *
     * @param cursor the seq before the first event
     * @param fence the last seq that may be in it
     */
    private record Wanted(String epoch, long cursor, long fence) {}

    /**
     * The frame, encoded now if it is not there.
     *
     * @param encode makes the frame; null when its events are gone
     */
    public EventFrame get(String epoch, long cursor, long fence, Supplier<EventFrame> encode) {
        Wanted wanted = new Wanted(epoch, cursor, fence);
        EventFrame frame = frames.get(wanted);
        if (frame == null) {
            frame = encode.get();
            if (frame != null) {
                if (frames.size() >= MAX_FRAMES) {
                    frames.clear();
                }
                frames.put(wanted, frame);
            }
        }
        return frame;
    }

    /** Lets go of all. */
    public void clear() {
        frames.clear();
    }
}
