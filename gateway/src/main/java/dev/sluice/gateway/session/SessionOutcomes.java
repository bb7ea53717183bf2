// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import dev.sluice.gateway.ops.GatewayMetrics;

/**
 * All that can become of sessions, as the metrics name it. A counter that appears with its first event has never risen to whoever
 * scrapes it, so the first slow consumer or gap of a node would raise no alarm.
 */
public final class SessionOutcomes {

    private SessionOutcomes() {}

    /** Shows every outcome, none of which has happened yet. */
    public static void show(GatewayMetrics metrics) {
        for (Transport transport : Transport.values()) {
            metrics.sessions(0, transport.wire());
            for (CloseReason reason : CloseReason.values()) {
                metrics.closed(reason.wire(), reason.code(), transport.wire(), 0);
            }
        }
        for (GoAwayReason reason : GoAwayReason.values()) {
            metrics.sentAway(reason.wire(), 0);
        }
        metrics.gaps(Subscription.EXPIRED, 0);
        metrics.gaps(Subscription.EPOCH_CHANGED, 0);
    }
}
