// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.admission;

import java.time.Duration;
import java.util.List;

/**
 * Who is let in, and how fast. Keys begin with {@code gateway.admission}.
 *
 * @param connectsPerSecond connections that a node takes on average, so that a crowd that lost another node cannot take this one
 *     down, too; more are answered 503 with a time to come back; 1 000, 1 to 1 000 000
 * @param connectBurst connections that it takes at once; 2 000, 1 to 1 000 000
 * @param maxUnauthenticated connections that have not said yet who they are, above which upgrades are refused with 503: what a
 *     stranger can make a node hold is this times a message; 5 000, 1 to 10 000 000
 * @param headTimeout how long a client may take to send the head of its first request; 10 s, 100 ms to 5 m
 * @param idleTimeout how long a connection that is no WebSocket may go without a complete request head; 1 m, 1 s to 1 h
 * @param trustedProxies addresses or CIDR blocks of the reverse proxies whose {@code X-Forwarded-For} is believed; empty: nobody's
 */
public record AdmissionOptions(
        int connectsPerSecond,
        int connectBurst,
        int maxUnauthenticated,
        Duration headTimeout,
        Duration idleTimeout,
        List<String> trustedProxies) {

    private static final String PREFIX = "gateway.admission.";

    /**
     * Checks the bounds.
     *
     * @throws IllegalArgumentException naming the key and its bounds
     */
    public AdmissionOptions {
        trustedProxies = List.copyOf(trustedProxies);
        check("connectsPerSecond", connectsPerSecond, 1, 1_000_000);
        check("connectBurst", connectBurst, 1, 1_000_000);
        check("maxUnauthenticated", maxUnauthenticated, 1, 10_000_000);
        check("headTimeout", headTimeout, Duration.ofMillis(100), Duration.ofMinutes(5));
        check("idleTimeout", idleTimeout, Duration.ofSeconds(1), Duration.ofHours(1));
        for (String proxy : trustedProxies) {
            if (AddressBlock.parse(proxy).isEmpty()) {
                throw new IllegalArgumentException(PREFIX
                        + "trustedProxies must be addresses or CIDR blocks such as 10.0.0.0/8, not '" + proxy + "'");
            }
        }
    }

    /** The same with those limits of others that may change while the node runs. */
    public AdmissionOptions withLimits(AdmissionOptions other) {
        return new AdmissionOptions(
                other.connectsPerSecond,
                other.connectBurst,
                other.maxUnauthenticated,
                headTimeout,
                idleTimeout,
                trustedProxies);
    }

    /** The defaults given with each key. */
    public static AdmissionOptions defaults() {
        return new AdmissionOptions(1_000, 2_000, 5_000, Duration.ofSeconds(10), Duration.ofMinutes(1), List.of());
    }

    private static void check(String key, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(PREFIX + key + " must be " + min + " to " + max + ", is " + value);
        }
    }

    private static void check(String key, Duration value, Duration min, Duration max) {
        if (value == null || value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new IllegalArgumentException(PREFIX + key + " must be " + min.toMillis() + " ms to " + max.toMillis()
                    + " ms, is " + (value == null ? "empty" : value.toMillis() + " ms"));
        }
    }
}
