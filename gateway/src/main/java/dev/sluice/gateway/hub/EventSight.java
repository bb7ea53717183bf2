// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.hub;

import dev.sluice.gateway.replay.Arrival;
import dev.sluice.gateway.replay.ReplayBuffer;
import dev.sluice.stream.Position;
import java.util.Optional;

/**
 * What a node that holds a stream knows of one of its events, for operators.
 *
 * @param openSince when the node began to hold the stream, epoch milliseconds
 * @param sessions how many follow it here
 * @param head where it stands here; empty while it is being opened
 * @param oldest the oldest seq in the buffer; 0 while it is being opened
 * @param arrival how the event came; empty when the buffer does not hold it: not yet, not any more, or it is of another epoch
 */
public record EventSight(
        long openSince, int sessions, Optional<Position> head, long oldest, Optional<Arrival> arrival) {

    /** The buffer may be null: the stream is being opened. */
    static EventSight of(ReplayBuffer buffer, long openSince, int sessions, Position event) {
        if (buffer == null) {
            return new EventSight(openSince, sessions, Optional.empty(), 0, Optional.empty());
        }
        return new EventSight(
                openSince,
                sessions,
                Optional.of(new Position(buffer.epoch(), buffer.head())),
                buffer.oldest(),
                buffer.epoch().equals(event.epoch()) ? buffer.arrival(event.seq()) : Optional.empty());
    }
}
