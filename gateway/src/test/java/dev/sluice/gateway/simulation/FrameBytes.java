// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.simulation;

import dev.sluice.gateway.replay.EventFrame;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Reads frames as a client does: header by RFC 6455, payload by RFC 7692 with an inflater that knows no earlier message. */
public final class FrameBytes {

    private static final int TEXT_FINAL = 0x81;
    private static final int RSV1 = 0x40;
    private static final byte[] TAIL = {0, 0, (byte) 0xFF, (byte) 0xFF};

    private FrameBytes() {}

    /** The JSON of the plain frame, after checking its header. */
    public static JsonObject plain(EventFrame frame) {
        ByteBuffer bytes =
                ByteBuffer.wrap(frame.bytes(), frame.frameStart(), frame.bytes().length - frame.frameStart());
        byte[] payload = payload(bytes, TEXT_FINAL);
        int start = frame.bytes().length - frame.jsonLength();
        if (start != frame.jsonStart() || payload.length != frame.jsonLength()) {
            throw new AssertionError("the JSON is not where the frame says");
        }
        return new JsonObject(new String(payload, StandardCharsets.UTF_8));
    }

    /** The JSON of a deflated frame, inflated by itself. */
    public static JsonObject inflated(byte[] frame) {
        return new JsonObject(
                new String(inflate(payload(ByteBuffer.wrap(frame), TEXT_FINAL | RSV1)), StandardCharsets.UTF_8));
    }

    private static byte[] payload(ByteBuffer frame, int firstByte) {
        int first = frame.get() & 0xFF;
        if (first != firstByte) {
            throw new AssertionError("the first byte is " + Integer.toHexString(first));
        }
        long length = frame.get();
        // Not masked, and the shortest form that holds it.
        if (length == 126) {
            length = frame.getShort() & 0xFFFF;
            check(length >= 126);
        } else if (length == 127) {
            length = frame.getLong();
            check(length > 0xFFFF);
        } else {
            check(length >= 0);
        }
        check(length == frame.remaining());
        byte[] payload = new byte[frame.remaining()];
        frame.get(payload);
        return payload;
    }

    private static void check(boolean holds) {
        if (!holds) {
            throw new AssertionError("the length in the header is wrong");
        }
    }

    private static byte[] inflate(byte[] payload) {
        Inflater inflater = new Inflater(true);
        try {
            byte[] input = Arrays.copyOf(payload, payload.length + TAIL.length);
            System.arraycopy(TAIL, 0, input, payload.length, TAIL.length);
            inflater.setInput(input);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] chunk = new byte[8 * 1024];
            int count = inflater.inflate(chunk);
            while (count > 0) {
                out.write(chunk, 0, count);
                count = inflater.inflate(chunk);
            }
            if (inflater.getRemaining() > 0) {
                throw new AssertionError("something is left after the message");
            }
            return out.toByteArray();
        } catch (DataFormatException e) {
            throw new AssertionError("not a raw deflate stream", e);
        } finally {
            inflater.end();
        }
    }
}
