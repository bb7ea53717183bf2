// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import dev.sluice.stream.Position;

/**
 * Where a session stands, or stood at its end, in a stream.
 *
 * @param cursor after all that was written
 */
record Place(Passage passage, Position cursor) {

    Fate fate(Position event) {
        return passage.fate(event, cursor);
    }
}
