// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.hub;

import dev.sluice.stream.Position;
import dev.sluice.stream.StreamKey;
import java.util.Comparator;
import java.util.Optional;

/**
 * A stream as it is used on this node, for operators.
 *
 * @param head where it stands; empty while it is being opened
 * @param eventsPerSecond during the last tick of the hub
 * @param heldBytes what its replay buffer holds, frames included
 * @param sessions how many follow it here
 */
public record StreamUse(StreamKey key, Optional<Position> head, double eventsPerSecond, long heldBytes, int sessions) {

    /** By rate, then by bytes; among equals in an order that stays. */
    public static final Comparator<StreamUse> BUSIEST = Comparator.comparingDouble(StreamUse::eventsPerSecond)
            .thenComparingLong(StreamUse::heldBytes)
            .reversed()
            .thenComparing(use -> use.key().toString());
}
