// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import dev.sluice.stream.Position;
import java.util.Optional;

/**
 * One stream of a session, for operators. Nothing of the events is in it.
 *
 * @param state {@code attaching}, {@code attached}, or {@code reading_log} while what no buffer holds any more is fetched
 * @param cursor after all that was written; empty while it is being attached
 * @param head where the stream stands on this node; empty while it is being attached
 * @param lag how many events it is behind
 */
public record StreamReport(String service, String state, Optional<Position> cursor, Optional<Position> head, long lag) {

    static StreamReport attaching(String service) {
        return new StreamReport(service, "attaching", Optional.empty(), Optional.empty(), 0);
    }
}
