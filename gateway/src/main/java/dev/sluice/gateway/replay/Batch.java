// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.replay;

import dev.sluice.gateway.replay.Arrival.Way;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Consecutive events of a stream that reached the node together: the frame for whoever is up to date, cut up for whoever has to
 * begin in the middle. The events stand in the frame's bytes and nowhere else. Immutable; may cross threads.
 */
public final class Batch {

    private static final int OVERHEAD = 176;

    private final EventFrame frame;
    private final int[] starts;
    private final long[] timestamps;
    /** 0 when it was loaded. */
    private final long arrivedAt;
    /** Which of the events the log was asked for; null when none was. */
    private final BitSet fetched;

    private Batch(EventFrame frame, int[] starts, long[] timestamps, long arrivedAt, BitSet fetched) {
        this.frame = frame;
        this.starts = starts;
        this.timestamps = timestamps;
        this.arrivedAt = arrivedAt;
        this.fetched = fetched;
    }

    /**
     * Encodes a batch of events that were {@link Way#LOADED}; see {@link #arrived}.
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
        return new Batch(frame, starts, timestamps.clone(), 0, null);
    }

    /**
     * The same, of events that came when they were committed.
     *
     * @param at now, epoch milliseconds
     * @param ofTheLog which of them were fetched, the first being 0; null when all were pushed. Not to be written to any more
     */
    public Batch arrived(long at, BitSet ofTheLog) {
        return new Batch(frame, starts, timestamps, at, ofTheLog);
    }

    /** How one of its events came. */
    Arrival arrival(long seq) {
        if (arrivedAt == 0) {
            return new Arrival(0, Way.LOADED);
        }
        boolean asked = fetched != null && fetched.get((int) (seq - firstSeq()));
        return new Arrival(arrivedAt, asked ? Way.FETCHED : Way.PUSHED);
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
