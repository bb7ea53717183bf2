// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import java.time.Duration;

/**
 * What a session may do and how it is watched. Keys begin with {@code gateway.session}.
 *
 * @param handshakeTimeout how long a connection may take to say who it is; 10 s, 1 s to 1 m
 * @param heartbeat after how long without a frame a heartbeat is sent; 25 s, 1 s to 5 m
 * @param maxLag above so many events behind a session is slow; 500, 1 to 1 000 000
 * @param slowSamples so many slow samples in a row, one a second, close the session; 10, 1 to 3 600
 * @param tokenWarning how long before the token ends the client is warned; 1 m, 0 to 1 h; at most half of what is left
 * @param maxSubscriptions streams a session may listen to; 100, 1 to 10 000
 * @param maxMessageBytes the largest message from a client; 64 KiB, 1 KiB to 1 MiB
 * @param messagesPerSecond messages a client may send on average; 50, 1 to 10 000
 * @param messageBurst messages a client may send at once; 100, 1 to 100 000
 * @param writeBufferBytes bytes that may wait for a client's socket before nothing more is written; 64 KiB, 4 KiB to 16 MiB
 * @param sendBufferBytes bytes that the system may keep for a client's socket besides; left to itself it lets that grow to megabytes for a client that does
 *     not read. 0 leaves it to itself; 128 KiB, else 16 KiB to 16 MiB; Linux takes at most {@code net.core.wmem_max}
 * @param closeTimeout how long a client may take to answer a close; 5 s, 100 ms to 1 m
 * @param maxConnectionsPerUser connections of one user to the whole cluster; 10, 1 to 100 000
 * @param maxPollsPerUser long polls of one user that the whole cluster holds at a time; they count as connections, too; 6, as many as a
 *     browser opens to one host, 1 to 100 000
 * @param maxConnectionsPerOrg connections of one org to the whole cluster; 10 000, 1 to 10 000 000
 * @param maxConnectionsPerAddress connections from one IP address, or IPv6 network of 64 bits, to the whole cluster; those from the
 *     machine itself are not counted; 1 000, 1 to 10 000 000
 * @param maxSessions sessions of this node, above which upgrades are refused with 503; 50 000, 1 to 10 000 000
 */
public record SessionOptions(
        Duration handshakeTimeout,
        Duration heartbeat,
        int maxLag,
        int slowSamples,
        Duration tokenWarning,
        int maxSubscriptions,
        int maxMessageBytes,
        int messagesPerSecond,
        int messageBurst,
        int writeBufferBytes,
        int sendBufferBytes,
        Duration closeTimeout,
        int maxConnectionsPerUser,
        int maxPollsPerUser,
        int maxConnectionsPerOrg,
        int maxConnectionsPerAddress,
        int maxSessions) {

    private static final String PREFIX = "gateway.session.";

    /**
     * Checks the bounds.
     *
     * @throws IllegalArgumentException naming the key and its bounds
     */
    public SessionOptions {
        check("handshakeTimeout", handshakeTimeout, Duration.ofSeconds(1), Duration.ofMinutes(1));
        check("heartbeat", heartbeat, Duration.ofSeconds(1), Duration.ofMinutes(5));
        check("maxLag", maxLag, 1, 1_000_000);
        check("slowSamples", slowSamples, 1, 3_600);
        check("tokenWarning", tokenWarning, Duration.ZERO, Duration.ofHours(1));
        check("maxSubscriptions", maxSubscriptions, 1, 10_000);
        check("maxMessageBytes", maxMessageBytes, 1 << 10, 1 << 20);
        check("messagesPerSecond", messagesPerSecond, 1, 10_000);
        check("messageBurst", messageBurst, 1, 100_000);
        check("writeBufferBytes", writeBufferBytes, 4 << 10, 16 << 20);
        if (sendBufferBytes != 0) {
            check("sendBufferBytes", sendBufferBytes, 16 << 10, 16 << 20);
        }
        check("closeTimeout", closeTimeout, Duration.ofMillis(100), Duration.ofMinutes(1));
        check("maxConnectionsPerUser", maxConnectionsPerUser, 1, 100_000);
        check("maxPollsPerUser", maxPollsPerUser, 1, 100_000);
        check("maxConnectionsPerOrg", maxConnectionsPerOrg, 1, 10_000_000);
        check("maxConnectionsPerAddress", maxConnectionsPerAddress, 1, 10_000_000);
        check("maxSessions", maxSessions, 1, 10_000_000);
    }

    /** The same with those limits of others that may change while the node runs. */
    public SessionOptions withLimits(SessionOptions other) {
        return new SessionOptions(
                handshakeTimeout,
                heartbeat,
                other.maxLag,
                other.slowSamples,
                tokenWarning,
                other.maxSubscriptions,
                maxMessageBytes,
                other.messagesPerSecond,
                other.messageBurst,
                writeBufferBytes,
                sendBufferBytes,
                closeTimeout,
                other.maxConnectionsPerUser,
                other.maxPollsPerUser,
                other.maxConnectionsPerOrg,
                other.maxConnectionsPerAddress,
                other.maxSessions);
    }

    /** The defaults given with each key. */
    public static SessionOptions defaults() {
        return new SessionOptions(
                Duration.ofSeconds(10),
                Duration.ofSeconds(25),
                500,
                10,
                Duration.ofMinutes(1),
                100,
                64 << 10,
                50,
                100,
                64 << 10,
                128 << 10,
                Duration.ofSeconds(5),
                10,
                6,
                10_000,
                1_000,
                50_000);
    }

    private static void check(String key, Duration value, Duration min, Duration max) {
        if (value == null || value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new IllegalArgumentException(PREFIX + key + " must be " + min.toMillis() + " ms to " + max.toMillis()
                    + " ms, is " + (value == null ? "empty" : value.toMillis() + " ms"));
        }
    }

    private static void check(String key, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(PREFIX + key + " must be " + min + " to " + max + ", is " + value);
        }
    }
}
