// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import dev.sluice.stream.Cursor;
import dev.sluice.stream.CursorVector;
import dev.sluice.stream.StreamKey;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A handshake that came in the query of the request (PROTOCOL section 4).
 *
 * @param services the {@code services} parameter, names with commas between
 * @param cursor the {@code cursor} parameter, a vector
 * @param lastSeq the {@code lastSeq} parameter
 */
public record QueryHandshake(String services, Optional<String> cursor, Optional<String> lastSeq) {

    ClientMessage.Handshake toMessage() throws ClientMessageException {
        Set<String> names = new LinkedHashSet<>();
        for (String name : services.split(",", -1)) {
            if (!StreamKey.isService(name)) {
                throw ClientMessageException.notUnderstood(
                        "'services' must be names like 'finance' with commas between");
            }
            names.add(name);
        }
        try {
            Map<String, Cursor> cursors = CursorVector.parse(cursor.orElse(""));
            if (lastSeq.isPresent()) {
                Cursor last = new Cursor.InCurrentEpoch(Cursor.parseSeq(lastSeq.get()));
                names.forEach(name -> cursors.putIfAbsent(name, last));
            }
            List<String> wanted = new ArrayList<>(names);
            return new ClientMessage.Handshake(Optional.empty(), wanted, cursors);
        } catch (IllegalArgumentException e) {
            throw ClientMessageException.notUnderstood(e.getMessage());
        }
    }
}
