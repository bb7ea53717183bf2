// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher;

import dev.sluice.stream.tls.TlsOptions;
import java.time.Duration;

/**
 * Publishing over HTTP. Keys begin with {@code publisher.http}.
 *
 * @param host the address that a publisher process listens on; {@code 127.0.0.1}: that strangers can reach it is a decision to be
 *     made. Without meaning where the routes are on a gateway's port
 * @param port its port; 4100, 0 for any free one, to 65 535
 * @param tls how clients of that port are spoken to: TLS, or plain HTTP
 * @param bodyTimeout how long a client may take to send a body, and how long the rest of a refused one is read so that the client
 *     sees the answer; 10 s, 100 ms to 5 m
 * @param maxBodyBytes bytes of all bodies that are being read or checked, above which requests are answered 429; 64 MiB, 2 MiB to
 *     16 GiB
 * @param idleTimeout after how long without a byte a connection of a publisher process is closed; 1 m, 1 s to 1 h
 */
public record PublisherHttpOptions(
        String host, int port, TlsOptions tls, Duration bodyTimeout, long maxBodyBytes, Duration idleTimeout) {

    private static final String PREFIX = "publisher.http.";

    /**
     * Checks the bounds.
     *
     * @throws IllegalArgumentException naming the key and its bounds
     */
    public PublisherHttpOptions {
        if (host == null || host.isBlank()) {
            throw new IllegalArgumentException(PREFIX + "host must be an address, such as 127.0.0.1 or 0.0.0.0");
        }
        Bounds.check(PREFIX + "port", port, 0, 65_535);
        tls.check(PREFIX + "tls.");
        Bounds.check(PREFIX + "bodyTimeout", bodyTimeout, Duration.ofMillis(100), Duration.ofMinutes(5));
        Bounds.check(PREFIX + "maxBodyBytes", maxBodyBytes, 2L << 20, 16L << 30);
        Bounds.check(PREFIX + "idleTimeout", idleTimeout, Duration.ofSeconds(1), Duration.ofHours(1));
    }

    /** The defaults given with each key. */
    public static PublisherHttpOptions defaults() {
        return new PublisherHttpOptions(
                "127.0.0.1", 4100, TlsOptions.defaults(), Duration.ofSeconds(10), 64L << 20, Duration.ofMinutes(1));
    }
}
