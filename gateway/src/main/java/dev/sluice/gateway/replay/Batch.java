// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.replay;

import java.util.Arrays;
import java.util.List;

/**
 * Consecutive events of a stream that reached the node together: the frame for whoever is up to date, cut up for whoever has to
 * begin in the middle. The events stand in the frame's bytes and nowhere else. Immutable; may cross threads.
 */
public final class Batch {

    private static final int OVERHEAD = 160;

    private final EventFrame frame;
    private final int[] starts;
    private final long[] timestamps;

    private Batch(EventFrame frame, int[] starts, long[] timestamps) {
        this.frame = frame;
        this.starts = starts;
        this.timestamps = timestamps;
    }

    /**
     * Encodes a batch.
     *
     * @param firstSeq the seq of the first event
     * @param events 1 to {@link FrameEncoder#MAX_EVENTS} consecutive events
     * @param timestamps when the log accepted each of them, epoch milliseconds
     * @param deflate whether some session takes deflated frames
     */
    public static Batch encode(
            FrameEncoder encoder,
            String service,
            String epoch,
            long firstSeq,
            List<byte[]> events,
            long[] timestamps,
            boolean deflate) {
        EventFrame frame =
                encoder.encode(service, epoch, firstSeq, events, timestamps[timestamps.length - 1], false, deflate);
        int[] starts = new int[events.size() + 1];
        starts[events.size()] = frame.bytes().length - FrameEncoder.END_LENGTH + 1;
        for (int i = events.size() - 1; i >= 0; i--) {
            starts[i] = starts[i + 1] - 1 - events.get(i).length;
        }
        return new Batch(frame, starts, timestamps.clone());
    }

    /** How many events it has. */
    public int size() {
        return frame.size();
    }

    /** How many bytes of JSON its frame has. */
    public int bytes() {
        return frame.jsonLength();
    }

    /** The live frame of the whole batch. */
    EventFrame frame() {
        return frame;
    }

    /** Whether there is a deflated form. */
    public boolean isDeflated() {
        return frame.deflated() != null;
    }

    long firstSeq() {
        return frame.firstSeq();
    }

    long lastSeq() {
        return frame.lastSeq();
    }

    boolean contains(long seq) {
        return firstSeq() <= seq && seq <= lastSeq();
    }

    /** A copy of one event. */
    byte[] event(long seq) {
        int i = (int) (seq - firstSeq());
        return Arrays.copyOfRange(frame.bytes(), starts[i], starts[i + 1] - 1);
    }

    long timestamp(long seq) {
        return timestamps[(int) (seq - firstSeq())];
    }

    /** What it costs to keep, in bytes. */
    long footprint() {
        return frame.footprint() + OVERHEAD + 12L * timestamps.length;
    }
}
