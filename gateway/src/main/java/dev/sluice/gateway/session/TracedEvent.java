// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import dev.sluice.stream.Position;
import dev.sluice.stream.StreamKey;
import java.util.Optional;

/**
 * An event whose way an operator wants to know.
 *
 * @param user only the sessions of this user; empty for all of the org
 */
public record TracedEvent(StreamKey stream, Position position, Optional<String> user) {

    boolean concerns(SessionReport session) {
        return session.org().filter(stream.org()::equals).isPresent()
                && (user.isEmpty() || user.equals(session.user()));
    }
}
