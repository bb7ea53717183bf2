// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import java.util.Locale;

/** Why a node sends sessions away (PROTOCOL section 4, {@code goaway}), and how those are closed that stay. */
public enum GoAwayReason {
    /** The node stops. */
    DRAIN(CloseReason.DRAINING),
    /** Others can serve them better; the node goes on. */
    REBALANCE(CloseReason.DRAINING),
    /** The node has more than it can serve. */
    OVERLOAD(CloseReason.OVERLOADED);

    private final CloseReason close;

    GoAwayReason(CloseReason close) {
        this.close = close;
    }

    /** The name in frames and metrics. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    CloseReason close() {
        return close;
    }
}
