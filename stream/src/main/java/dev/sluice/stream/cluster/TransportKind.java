// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.cluster;

import dev.sluice.stream.config.ConfigException;
import io.vertx.core.transport.Transport;
import java.util.Locale;
import java.util.stream.Stream;

/** How sockets are served. The native ones are on Linux only, and need their library on the class path. */
public enum TransportKind {
    /** The first of the others, in their order, that works here. */
    AUTO,
    /** Linux's completion queues: the fewest system calls. Containers often forbid it. */
    IO_URING,
    /** Linux's readiness events. */
    EPOLL,
    /** Plain Java; works everywhere. */
    NIO;

    /**
     * The transport of Vert.x that it stands for.
     *
     * @throws ConfigException saying why, if it does not work here
     */
    Transport resolve() {
        if (this == AUTO) {
            return Stream.of(IO_URING, EPOLL, NIO)
                    .map(TransportKind::transport)
                    .filter(transport -> transport != null && transport.available())
                    .findFirst()
                    .orElse(Transport.NIO);
        }
        Transport transport = transport();
        if (transport == null || !transport.available()) {
            throw new ConfigException("runtime.transport " + name().toLowerCase(Locale.ROOT) + " does not work here: "
                    + reason(transport) + "; use auto");
        }
        return transport;
    }

    /** {@code null} when its library is not on the class path. */
    private Transport transport() {
        return switch (this) {
            case IO_URING -> Transport.IO_URING;
            case EPOLL -> Transport.EPOLL;
            case NIO, AUTO -> Transport.NIO;
        };
    }

    private static String reason(Transport transport) {
        Throwable cause = transport == null ? null : transport.unavailabilityCause();
        while (cause != null && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause == null ? "its library is missing" : String.valueOf(cause.getMessage());
    }
}
