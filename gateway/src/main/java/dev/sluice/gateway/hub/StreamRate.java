// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.hub;

import dev.sluice.gateway.replay.ReplayBuffer;
import dev.sluice.stream.Position;
import java.util.Optional;

/** How fast a stream grows, measured from tick to tick. Confined to the hub's loop. */
final class StreamRate {

    private String epoch = "";
    private long head;
    private long at;
    private double eventsPerSecond;

    /** The buffer may be null: the stream is being opened. */
    void tick(ReplayBuffer buffer, long now) {
        if (buffer == null) {
            return;
        }
        boolean goesOn = buffer.epoch().equals(epoch) && now > at;
        eventsPerSecond = goesOn ? (buffer.head() - head) * 1_000.0 / (now - at) : 0;
        epoch = buffer.epoch();
        head = buffer.head();
        at = now;
    }

    /** Between the last two ticks. */
    double eventsPerSecond() {
        return eventsPerSecond;
    }

    StreamUse use(FeedWriter writer, int sessions) {
        ReplayBuffer buffer = writer.feed().buffer();
        return new StreamUse(
                writer.feed().key(),
                Optional.ofNullable(buffer).map(held -> new Position(held.epoch(), held.head())),
                eventsPerSecond,
                writer.bytes(),
                sessions);
    }
}
