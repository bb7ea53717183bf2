// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.replay;

/**
 * An {@code event} frame, encoded once and written to every session that wants it. Immutable; may cross threads.
 *
 * <p>The WebSocket header is kept right before the JSON, so that one array serves transports that need the header and
 * those that do not.
 */
public final class EventFrame {

    private final long firstSeq;
    private final long lastSeq;
    private final long timestamp;
    private final byte[] bytes;
    private final int frameStart;
    private final int jsonStart;
    private final byte[] deflated;

    EventFrame(
            long firstSeq, long lastSeq, long timestamp, byte[] bytes, int frameStart, int jsonStart, byte[] deflated) {
        this.firstSeq = firstSeq;
        this.lastSeq = lastSeq;
        this.timestamp = timestamp;
        this.bytes = bytes;
        this.frameStart = frameStart;
        this.jsonStart = jsonStart;
        this.deflated = deflated;
    }

    /** The seq of the first event in it. */
    public long firstSeq() {
        return firstSeq;
    }

    /** The seq of the last event in it, which is the {@code seq} of the frame. */
    public long lastSeq() {
        return lastSeq;
    }

    /** How many events it has. */
    public int size() {
        return (int) (lastSeq - firstSeq + 1);
    }

    /** When the log accepted the last event, epoch milliseconds. */
    public long timestamp() {
        return timestamp;
    }

    /** The array that holds the frame; not to be written to. */
    public byte[] bytes() {
        return bytes;
    }

    /** Where in {@link #bytes()} the finished, unmasked WebSocket frame begins; it ends with the array. */
    public int frameStart() {
        return frameStart;
    }

    /** Where in {@link #bytes()} the JSON begins; it ends with the array. */
    public int jsonStart() {
        return jsonStart;
    }

    /** How many bytes of JSON it has. */
    public int jsonLength() {
        return bytes.length - jsonStart;
    }

    /** The finished WebSocket frame with a deflated payload and RSV1 set, or null if it was not deflated. */
    public byte[] deflated() {
        return deflated;
    }

    /** What it costs to keep, in bytes. */
    int footprint() {
        return bytes.length + (deflated == null ? 0 : deflated.length);
    }
}
