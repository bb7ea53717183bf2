// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.hub;

import dev.sluice.gateway.replay.Batch;
import dev.sluice.gateway.replay.FrameEncoder;
import dev.sluice.stream.log.KnownEvent;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Events of one stream that were accepted and are not in a frame yet, and how frames are made of them. What comes faster than it can be
 * deflated goes out plain, so that it does not wait for ever. Confined to the hub's loop.
 */
final class PendingEvents {

    /** With more than this waiting nothing is deflated: that takes twenty times as long as to copy. */
    static final int MAX_DEFLATE_BACKLOG = 256 << 10;

    /** How much longer a byte takes that is deflated, too; see {@link dev.sluice.gateway.loop.FairTurns}. */
    private static final int DEFLATE_COST = 16;

    /** Of a frame, however small. */
    private static final int FRAME_COST = 4 << 10;

    private final String service;
    private final FrameEncoder encoder;
    private final int maxFrameBytes;
    private final List<byte[]> events = new ArrayList<>();
    private final List<Long> timestamps = new ArrayList<>();
    /** Which of them the log was asked for; null when none was, which is the rule. */
    private BitSet fetched;

    private long bytes;
    private long fingerprint = KnownEvent.UNKNOWN;
    private int cost;

    PendingEvents(String service, FrameEncoder encoder, int maxFrameBytes) {
        this.service = service;
        this.encoder = encoder;
        this.maxFrameBytes = maxFrameBytes;
    }

    /** Takes one more; {@code ofTheLog} when it was fetched, and not pushed. */
    void add(byte[] event, long timestamp, boolean ofTheLog) {
        if (ofTheLog) {
            fetched = fetched == null ? new BitSet() : fetched;
            fetched.set(events.size());
        }
        events.add(event);
        timestamps.add(timestamp);
        bytes += event.length;
    }

    boolean isEmpty() {
        return events.isEmpty();
    }

    int size() {
        return events.size();
    }

    void clear() {
        events.clear();
        timestamps.clear();
        fetched = null;
        bytes = 0;
    }

    /**
     * Takes as many as go in one frame.
     *
     * @param wantsDeflated whether some session takes deflated frames
     * @param now epoch milliseconds
     */
    Batch encodeFrame(String epoch, long firstSeq, boolean wantsDeflated, long now) {
        int end = endOfFrame(events, 0);
        boolean deflate = wantsDeflated && bytes <= MAX_DEFLATE_BACKLOG;
        Batch batch = encode(epoch, firstSeq, events.subList(0, end), timestamps.subList(0, end), deflate);
        fingerprint = KnownEvent.fingerprint(timestamps.get(end - 1), events.get(end - 1));
        int taken = 0;
        for (int i = 0; i < end; i++) {
            taken += events.get(i).length;
        }
        bytes -= taken;
        events.subList(0, end).clear();
        timestamps.subList(0, end).clear();
        cost = FRAME_COST + taken * (deflate ? DEFLATE_COST : 1);
        return batch.arrived(now, takeFetched(end));
    }

    /** Which of the first were fetched; null when none was. */
    private BitSet takeFetched(int end) {
        if (fetched == null) {
            return null;
        }
        BitSet taken = fetched.get(0, end);
        BitSet rest = fetched.get(end, Math.max(end, fetched.length()));
        fetched = rest.isEmpty() ? null : rest;
        return taken.isEmpty() ? null : taken;
    }

    /** Of the last event of the last frame. */
    long fingerprint() {
        return fingerprint;
    }

    /** What the last frame cost. */
    int cost() {
        return cost;
    }

    /** Frames of other events, plain; those that are pending are not touched. */
    List<Batch> encode(String epoch, long firstSeq, List<byte[]> older, List<Long> olderTimestamps) {
        List<Batch> batches = new ArrayList<>();
        int start = 0;
        while (start < older.size()) {
            int end = endOfFrame(older, start);
            batches.add(encode(
                    epoch, firstSeq + start, older.subList(start, end), olderTimestamps.subList(start, end), false));
            start = end;
        }
        return batches;
    }

    private Batch encode(String epoch, long firstSeq, List<byte[]> some, List<Long> times, boolean deflate) {
        return Batch.encode(
                encoder,
                service,
                epoch,
                firstSeq,
                some,
                times.stream().mapToLong(Long::longValue).toArray(),
                deflate);
    }

    private int endOfFrame(List<byte[]> some, int start) {
        long size = some.get(start).length;
        int end = start + 1;
        while (end < some.size() && end - start < FrameEncoder.MAX_EVENTS) {
            size += some.get(end).length;
            if (size > maxFrameBytes) {
                break;
            }
            end++;
        }
        return end;
    }
}
