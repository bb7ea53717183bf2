// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import java.util.Locale;

/** The ways a client may connect (PROTOCOL sections 4 and 5). */
public enum Transport {
    /** Both directions. */
    WEBSOCKET,
    /** Server-sent events: one response that goes on. */
    SSE,
    /** A request for each answer. */
    POLL;

    /** The name in flags and metrics. */
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }
}
