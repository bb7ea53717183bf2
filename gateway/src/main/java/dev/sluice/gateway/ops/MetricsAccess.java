// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.ops;

/** Who may read the metrics of a node. */
public enum MetricsAccess {
    /** Requests from the same machine that no proxy has forwarded; others need a token with {@code realtime:admin}. */
    LOOPBACK,
    /** Only requests with a token that has {@code realtime:admin}. */
    ADMIN,
    /** Everybody who can reach the port. */
    OPEN
}
