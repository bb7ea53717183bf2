// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import dev.sluice.stream.Cursor;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a client may say (PROTOCOL section 4). */
sealed interface ClientMessage {

    /** Who it is and what it wants, once. {@code cursors} has an entry for each service that has one. */
    record Handshake(Optional<String> token, List<String> services, Map<String, Cursor> cursors)
            implements ClientMessage {}

    /** Wants more streams. */
    record Subscribe(List<String> services, Map<String, Cursor> cursors) implements ClientMessage {}

    /** Wants some streams no longer. */
    record Unsubscribe(List<String> services) implements ClientMessage {}

    /** Goes on with another token. */
    record Refresh(String token) implements ClientMessage {}

    /** What it has processed. */
    record Processed(Map<String, Cursor> cursors) implements ClientMessage {}

    /** Wants an answer; {@code t} is echoed and may be null. */
    record Ping(Object t) implements ClientMessage {}
}
