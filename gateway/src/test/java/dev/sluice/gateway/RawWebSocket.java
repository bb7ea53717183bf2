// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway;

import dev.sluice.gateway.interfaces.FrameContract;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** A WebSocket by hand, so that a test can say what no library would: every byte of the handshake and of the frames is the caller's. */
final class RawWebSocket implements AutoCloseable {

    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;
    static final int FIN = 0x80;
    static final int RSV1 = 0x40;
    /** The key of RFC 6455 section 1.3 and what a server makes of it. */
    static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

    static final String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

    private static final int PATIENCE_MS = 20_000;
    private static final byte[] MASK = {0x37, (byte) 0xFA, 0x21, 0x3D};
    private static final byte[] TAIL = {0, 0, (byte) 0xFF, (byte) 0xFF};

    private final Socket socket;
    private final DataInputStream in;
    private final Response response;

    /** What the server answered to the handshake; header names in lower case. */
    record Response(int status, Map<String, String> headers) {}

    /** A frame of the server. */
    static final class Frame {
        private final int head;
        private final byte[] payload;

        Frame(int head, byte[] payload) {
            this.head = head;
            this.payload = payload;
        }

        int head() {
            return head;
        }

        byte[] payload() {
            return payload;
        }

        int opcode() {
            return head & 0x0F;
        }

        int closeCode() {
            return payload.length == 0 ? 1005 : ByteBuffer.wrap(payload).getShort() & 0xFFFF;
        }

        String text() {
            return new String(payload, StandardCharsets.UTF_8);
        }
    }

    /** Sends a request, whatever it is, and reads the head of the answer. */
    RawWebSocket(int port, String request) {
        try {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setSoTimeout(PATIENCE_MS);
            socket.setTcpNoDelay(true);
            in = new DataInputStream(socket.getInputStream());
            raw(request.getBytes(StandardCharsets.ISO_8859_1));
            response = head();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static RawWebSocket open(int port) {
        return new RawWebSocket(port, handshake(""));
    }

    /** Offers extensions. */
    static RawWebSocket offering(int port, String extensions) {
        return new RawWebSocket(port, handshake("Sec-WebSocket-Extensions: " + extensions + "\r\n"));
    }

    /** A handshake that keeps every rule, with further header lines. */
    static String handshake(String further) {
        return "GET /v2/realtime/stream HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + KEY + "\r\n" + further + "\r\n";
    }

    private Response head() throws IOException {
        String status = line();
        Map<String, String> headers = new HashMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            String[] parts = line.split(":", 2);
            headers.merge(parts[0].toLowerCase(Locale.ROOT), parts[1].trim(), (a, b) -> a + ", " + b);
        }
        return new Response(Integer.parseInt(status.split(" ", -1)[1]), headers);
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.readUnsignedByte(); b != '\n'; b = in.readUnsignedByte()) {
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    Response response() {
        return response;
    }

    /** Bytes as they are. */
    RawWebSocket raw(byte... bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (SocketException e) {
            // The server may close before all is said; what it said of it is read afterwards.
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** A masked frame with the shortest length; the head is FIN, reserved bits and opcode. */
    RawWebSocket frame(int head, byte[] payload) {
        return raw(masked(head, payload));
    }

    RawWebSocket frame(int head, String payload) {
        return frame(head, payload.getBytes(StandardCharsets.UTF_8));
    }

    RawWebSocket text(String text) {
        return frame(FIN | TEXT, text);
    }

    RawWebSocket close(int code, String reason) {
        return frame(FIN | CLOSE, closeBody(code, reason.getBytes(StandardCharsets.UTF_8)));
    }

    static byte[] closeBody(int code, byte[] reason) {
        return ByteBuffer.allocate(2 + reason.length)
                .putShort((short) code)
                .put(reason)
                .array();
    }

    static byte[] masked(int head, byte[] payload) {
        ByteBuffer frame = ByteBuffer.allocate(payload.length + 14).put((byte) head);
        if (payload.length < 126) {
            frame.put((byte) (0x80 | payload.length));
        } else if (payload.length <= 0xFFFF) {
            frame.put((byte) 0xFE).putShort((short) payload.length);
        } else {
            frame.put((byte) 0xFF).putLong(payload.length);
        }
        frame.put(MASK);
        for (int i = 0; i < payload.length; i++) {
            frame.put((byte) (payload[i] ^ MASK[i & 3]));
        }
        return Arrays.copyOf(frame.array(), frame.position());
    }

    /** The next frame; null when the server closed the connection. */
    Frame read() {
        try {
            int head = in.read();
            if (head < 0) {
                return null;
            }
            int length = in.readUnsignedByte();
            if (length > 127) {
                throw new AssertionError("a server must not mask");
            }
            long size = length == 126 ? in.readUnsignedShort() : length == 127 ? in.readLong() : length;
            return new Frame(head, in.readNBytes((int) size));
        } catch (EOFException | SocketException e) {
            return null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads on to the next frame of this kind. */
    Frame await(int opcode) {
        for (Frame frame = read(); frame != null; frame = read()) {
            if (frame.opcode() == opcode) {
                return frame;
            }
        }
        throw new AssertionError("the connection ended before a frame with opcode " + opcode);
    }

    /** Reads on to the next text frame of this type. */
    JsonObject awaitJson(String type) {
        while (true) {
            Frame frame = await(TEXT);
            JsonObject json = new JsonObject(
                    (frame.head() & RSV1) == 0
                            ? frame.text()
                            : new String(inflate(frame.payload()), StandardCharsets.UTF_8));
            FrameContract.check(json);
            if (type.equals(json.getString("type"))) {
                return json;
            }
        }
    }

    /** Reads on to the end of the connection. */
    void awaitEnd() {
        while (read() != null) {
            // what the server still said
        }
    }

    /** Inflates one message on its own, as a client does that keeps no context. */
    static byte[] inflate(byte[] payload) {
        Inflater inflater = new Inflater(true);
        try {
            byte[] input = Arrays.copyOf(payload, payload.length + TAIL.length);
            System.arraycopy(TAIL, 0, input, payload.length, TAIL.length);
            inflater.setInput(input);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] chunk = new byte[8_192];
            for (int n = inflater.inflate(chunk); n > 0; n = inflater.inflate(chunk)) {
                out.write(chunk, 0, n);
            }
            return out.toByteArray();
        } catch (DataFormatException e) {
            throw new AssertionError(e);
        } finally {
            inflater.end();
        }
    }

    /** A payload of permessage-deflate; the deflater keeps its context unless it is reset. */
    static byte[] deflate(Deflater deflater, byte[] message) {
        deflater.setInput(message);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] chunk = new byte[8_192];
        int n;
        do {
            n = deflater.deflate(chunk, 0, chunk.length, Deflater.SYNC_FLUSH);
            out.write(chunk, 0, n);
        } while (n == chunk.length);
        return Arrays.copyOf(out.toByteArray(), out.size() - TAIL.length);
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
