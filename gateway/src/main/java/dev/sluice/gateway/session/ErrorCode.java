// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import java.util.Locale;

/** Every {@code code} of an {@code error} frame after which the session goes on; those that end it are of {@link CloseReason}. */
enum ErrorCode {
    /** JSON, but not a message that the gateway knows. */
    NOT_UNDERSTOOD,
    /** A message came before the {@code welcome}. */
    HANDSHAKE_REQUIRED,
    /** The token does not cover the service. */
    FORBIDDEN,
    /** The org has as many streams as it may have. */
    TOO_MANY_STREAMS,
    /** The session follows as many streams as it may. */
    TOO_MANY_SUBSCRIPTIONS,
    /** The session follows the stream already. */
    ALREADY_SUBSCRIBED,
    /** A token that was to be the newer one is not accepted. */
    INVALID_TOKEN,
    /** A token that was to be the newer one is of somebody else, or ends no later. */
    REFRESH_REFUSED;

    String wire() {
        return name().toLowerCase(Locale.ROOT);
    }
}
