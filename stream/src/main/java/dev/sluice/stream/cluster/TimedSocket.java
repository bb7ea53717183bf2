// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.cluster;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;

/** A socket whose other end has so much time for all that is read, not for each byte. One thread. */
final class TimedSocket {

    private final Socket socket;
    private final long deadline;

    TimedSocket(Socket socket, Duration limit) {
        this.socket = socket;
        this.deadline = System.nanoTime() + limit.toNanos();
    }

    void write(byte[]... parts) throws IOException {
        for (byte[] part : parts) {
            socket.getOutputStream().write(part);
        }
    }

    /** Exactly so many bytes: what comes after them is for somebody else. */
    byte[] read(int count) throws IOException {
        byte[] bytes = new byte[count];
        InputStream in = socket.getInputStream();
        int filled = 0;
        while (filled < count) {
            socket.setSoTimeout(remainingMillis());
            int read = read(in, bytes, filled);
            if (read < 0) {
                throw new EOFException(socket.getRemoteSocketAddress() + " closed the connection before it had proven"
                        + " that it knows the secret of this cluster (cluster.secret)");
            }
            filled += read;
        }
        return bytes;
    }

    private int read(InputStream in, byte[] bytes, int from) throws IOException {
        try {
            return in.read(bytes, from, bytes.length - from);
        } catch (SocketTimeoutException e) {
            throw late();
        }
    }

    private int remainingMillis() throws SocketTimeoutException {
        long millis = (deadline - System.nanoTime()) / 1_000_000;
        if (millis <= 0) {
            throw late();
        }
        return (int) Math.min(millis, Integer.MAX_VALUE);
    }

    private SocketTimeoutException late() {
        return new SocketTimeoutException(
                socket.getRemoteSocketAddress() + " has proven nothing in time (cluster.secret)");
    }

    /** Takes the limit away again. */
    void release() throws IOException {
        socket.setSoTimeout(0);
    }
}
