// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.replay;

/**
 * Headers of unmasked text frames (RFC 6455 section 5.2), written by us because Netty's encoder writes one for each
 * receiver and ours are shared.
 */
public final class WebSocketFraming {

    /** The longest header of an unmasked frame. */
    static final int MAX_HEADER = 10;

    private static final int FIN_TEXT = 0x81;
    private static final int FIN_TEXT_RSV1 = 0xC1;

    private WebSocketFraming() {}

    /** A whole text frame around the JSON, not compressed. */
    public static byte[] textFrame(byte[] json) {
        byte[] frame = new byte[headerLength(json.length) + json.length];
        System.arraycopy(json, 0, frame, frame.length - json.length, json.length);
        putHeaderBefore(frame, frame.length - json.length, json.length, false);
        return frame;
    }

    /** A whole text frame around a deflated payload. */
    static byte[] deflatedFrame(byte[] payload, int length) {
        int header = headerLength(length);
        byte[] frame = new byte[header + length];
        System.arraycopy(payload, 0, frame, header, length);
        putHeaderBefore(frame, header, length, true);
        return frame;
    }

    /**
     * Writes the header so that it ends where the payload starts.
     *
     * @return where the header starts
     */
    static int putHeaderBefore(byte[] bytes, int payloadStart, int payloadLength, boolean deflated) {
        int start = payloadStart - headerLength(payloadLength);
        bytes[start] = (byte) (deflated ? FIN_TEXT_RSV1 : FIN_TEXT);
        if (payloadLength < 126) {
            bytes[start + 1] = (byte) payloadLength;
        } else if (payloadLength <= 0xFFFF) {
            bytes[start + 1] = 126;
            putNumber(bytes, start + 2, payloadLength, Short.BYTES);
        } else {
            bytes[start + 1] = 127;
            putNumber(bytes, start + 2, payloadLength, Long.BYTES);
        }
        return start;
    }

    private static int headerLength(int payloadLength) {
        return payloadLength < 126 ? 2 : payloadLength <= 0xFFFF ? 4 : MAX_HEADER;
    }

    private static void putNumber(byte[] bytes, int at, long value, int width) {
        for (int i = 0; i < width; i++) {
            bytes[at + i] = (byte) (value >>> (8 * (width - 1 - i)));
        }
    }
}
