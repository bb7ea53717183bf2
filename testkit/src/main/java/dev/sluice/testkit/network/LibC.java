// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.network;

import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import java.nio.ByteBuffer;

/** The calls of the C library that Java has no door to. Linux only, and only touched once it is known to be Linux. */
final class LibC {

    static final int O_RDWR = 2;
    static final int O_NONBLOCK = 0x800;
    static final int O_CLOEXEC = 0x80000;
    static final short POLLIN = 1;
    /** Of a {@code struct pollfd}: the descriptor, two bytes of what is waited for, two of what came. */
    static final int POLL_FD_BYTES = 8;

    static final int EINTR = 4;
    static final int EAGAIN = 11;

    static {
        Native.register(LibC.class, "c");
    }

    private LibC() {}

    static native int open(String path, int flags);

    static native int ioctl(int fd, NativeLong request, ByteBuffer argument);

    static native NativeLong read(int fd, ByteBuffer into, NativeLong count);

    static native NativeLong write(int fd, ByteBuffer from, NativeLong count);

    static native int poll(ByteBuffer fds, NativeLong count, int timeoutMs);

    static native int close(int fd);
}
