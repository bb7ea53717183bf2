// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.replay;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Makes {@code event} frames from event bytes without looking into them. Not thread-safe (it owns a deflater): one for each thread that
 * encodes.
 */
public final class FrameEncoder implements AutoCloseable {

    /** The most events in one frame (PROTOCOL section 4). */
    public static final int MAX_EVENTS = 100;

    /** How many bytes follow the last event. */
    static final int END_LENGTH = 2;

    private static final byte[] END = {']', '}'};

    private final int deflateThreshold;
    private final FrameDeflater deflater;

    /**
     * An encoder.
     *
     * @param deflateThreshold JSON under so many bytes is never deflated
     * @param deflateLevel 1 (fast) to 9 (small)
     */
    public FrameEncoder(int deflateThreshold, int deflateLevel) {
        this.deflateThreshold = deflateThreshold;
        this.deflater = new FrameDeflater(deflateLevel);
    }

    /**
     * One frame.
     *
     * @param firstSeq the seq of the first event
     * @param events 1 to {@value #MAX_EVENTS} consecutive events
     * @param timestamp when the log accepted the last of them, epoch milliseconds
     * @param replay whether to mark them as replayed
     * @param deflate whether some receiver takes deflated frames
     */
    public EventFrame encode(
            String service,
            String epoch,
            long firstSeq,
            List<byte[]> events,
            long timestamp,
            boolean replay,
            boolean deflate) {
        long lastSeq = firstSeq + events.size() - 1;
        byte[] start = start(service, epoch, lastSeq, timestamp, replay);
        int jsonLength = start.length + events.size() - 1 + END.length;
        for (byte[] event : events) {
            jsonLength += event.length;
        }
        byte[] bytes = new byte[WebSocketFraming.MAX_HEADER + jsonLength];
        int at = put(bytes, WebSocketFraming.MAX_HEADER, start);
        for (int i = 0; i < events.size(); i++) {
            if (i > 0) {
                bytes[at++] = ',';
            }
            at = put(bytes, at, events.get(i));
        }
        put(bytes, at, END);
        int frameStart = WebSocketFraming.putHeaderBefore(bytes, WebSocketFraming.MAX_HEADER, jsonLength, false);
        byte[] deflated = deflate && jsonLength >= deflateThreshold
                ? deflater.deflate(bytes, WebSocketFraming.MAX_HEADER, jsonLength)
                : null;
        return new EventFrame(firstSeq, lastSeq, timestamp, bytes, frameStart, WebSocketFraming.MAX_HEADER, deflated);
    }

    /** Frees the deflater's native memory. */
    @Override
    public void close() {
        deflater.close();
    }

    private static byte[] start(String service, String epoch, long seq, long timestamp, boolean replay) {
        // Service and epoch are checked against patterns that need no escaping.
        return ("{\"type\":\"event\",\"service\":\"" + service + "\",\"epoch\":\"" + epoch + "\",\"seq\":" + seq
                        + ",\"timestamp\":" + timestamp + (replay ? ",\"replay\":true" : "") + ",\"events\":[")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static int put(byte[] target, int at, byte[] part) {
        System.arraycopy(part, 0, target, at, part.length);
        return at + part.length;
    }
}
