// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.replay;

import java.util.Arrays;
import java.util.zip.Deflater;

/**
 * Deflates messages each by itself for permessage-deflate (RFC 7692 section 7.2.1): a raw deflate stream ended by an empty
 * stored block, whose last four bytes (00 00 FF FF) are left off. As no message refers to an earlier one, the same bytes serve every
 * session. Not thread-safe: one for each thread that encodes.
 */
final class FrameDeflater {

    private static final int TAIL = 4;

    private final Deflater deflater;
    private byte[] out = new byte[8 * 1024];

    FrameDeflater(int level) {
        this.deflater = new Deflater(level, true);
    }

    /** The finished frame with RSV1 set, or null when deflating would not make it smaller. */
    byte[] deflate(byte[] bytes, int offset, int length) {
        deflater.reset();
        deflater.setInput(bytes, offset, length);
        int size = 0;
        while (true) {
            size += deflater.deflate(out, size, out.length - size, Deflater.SYNC_FLUSH);
            if (size < out.length) {
                break;
            }
            out = Arrays.copyOf(out, out.length * 2);
        }
        int payload = size - TAIL;
        return payload < length ? WebSocketFraming.deflatedFrame(out, payload) : null;
    }

    /** Frees the native memory. */
    void close() {
        deflater.end();
    }
}
