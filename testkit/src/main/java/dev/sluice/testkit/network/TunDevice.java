// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.network;

import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A network interface whose packets this process reads and writes (a Linux TUN device). It may be moved to another namespace while it is
 * open, and vanishes when it is closed or this process ends, however that happens. One thread reads; any may write.
 */
final class TunDevice implements AutoCloseable {

    /** The longest name of an interface. */
    static final int MAX_NAME = 15;

    static final String PATH = "/dev/net/tun";

    private static final long TUNSETIFF = 0x400454caL;
    private static final short IFF_TUN = 0x0001;
    private static final short IFF_NO_PI = 0x1000;
    private static final int IFREQ_BYTES = 40;
    private static final int FLAGS_AT = 16;

    private final String name;
    private final int fd;
    private final ByteBuffer poll =
            ByteBuffer.allocateDirect(LibC.POLL_FD_BYTES).order(ByteOrder.nativeOrder());
    private boolean closed; // guarded by this: no write may hit a descriptor that has been given away again

    private TunDevice(String name, int fd) {
        this.name = name;
        this.fd = fd;
        poll.putInt(0, fd).putShort(Integer.BYTES, LibC.POLLIN);
    }

    /**
     * Makes an interface in the namespace of this process.
     *
     * @throws IOException when the kernel refuses, mostly for want of privilege
     */
    static TunDevice open(String name) throws IOException {
        byte[] ascii = name.getBytes(StandardCharsets.US_ASCII);
        if (ascii.length > MAX_NAME) {
            throw new IllegalArgumentException("longer than " + MAX_NAME + " characters: " + name);
        }
        int fd = LibC.open(PATH, LibC.O_RDWR | LibC.O_NONBLOCK | LibC.O_CLOEXEC);
        if (fd < 0) {
            throw new IOException("cannot open " + PATH + ", errno " + Native.getLastError());
        }
        ByteBuffer request = ByteBuffer.allocateDirect(IFREQ_BYTES).order(ByteOrder.nativeOrder());
        request.put(0, ascii).putShort(FLAGS_AT, (short) (IFF_TUN | IFF_NO_PI));
        if (LibC.ioctl(fd, new NativeLong(TUNSETIFF), request) < 0) {
            int errno = Native.getLastError();
            LibC.close(fd);
            throw new IOException("cannot make the interface " + name + ", errno " + errno);
        }
        return new TunDevice(name, fd);
    }

    String name() {
        return name;
    }

    /**
     * Reads a packet into the buffer, which then holds just that.
     *
     * @param timeoutMs how long to wait for one
     * @return whether there was one
     * @throws IOException when the device is gone
     */
    boolean read(ByteBuffer into, int timeoutMs) throws IOException {
        into.clear();
        // Under load there is one waiting mostly, and the poll is spared.
        long bytes = tryRead(into);
        if (bytes < 0 && LibC.poll(poll, new NativeLong(1), timeoutMs) > 0) {
            bytes = tryRead(into);
        }
        if (bytes <= 0) {
            return false;
        }
        into.limit((int) bytes);
        return true;
    }

    private long tryRead(ByteBuffer into) throws IOException {
        long bytes = LibC.read(fd, into, new NativeLong(into.capacity())).longValue();
        if (bytes < 0) {
            int errno = Native.getLastError();
            if (errno != LibC.EAGAIN && errno != LibC.EINTR) {
                throw new IOException("cannot read from " + name + ", errno " + errno);
            }
        }
        return bytes;
    }

    /** Writes a packet; if it cannot be, it is lost, as packets may be. */
    synchronized boolean write(ByteBuffer packet) {
        return !closed
                && LibC.write(fd, packet, new NativeLong(packet.remaining())).longValue() == packet.remaining();
    }

    /** Removes the interface. Nobody may be reading. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            LibC.close(fd);
        }
    }
}
