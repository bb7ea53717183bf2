// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import dev.sluice.stream.Event;
import java.util.List;
import java.util.UUID;

/**
 * A group of events of one shard that is appended as one operation.
 *
 * @param shard the shard of every event in it
 * @param publisher who commits; unique to one running publisher
 * @param number 1, 2, 3 … of this publisher and shard. A commit whose outcome is not known is sent again with the same
 *     number and the same events, and the shard then answers what it answered the first time. One commit of a publisher
 *     and shard may be under way at a time
 * @param events in the order in which they shall stand; not empty
 */
public record Commit(int shard, UUID publisher, long number, List<Event> events) {

    /** The most events in one commit. */
    public static final int MAX_EVENTS = 1_000;

    /** The most bytes of events in one commit: a commit runs on a partition thread and travels to every backup. */
    public static final int MAX_BYTES = 1 << 20;

    /** Copies the list. */
    public Commit {
        events = List.copyOf(events);
        if (events.isEmpty() || events.size() > MAX_EVENTS) {
            throw new IllegalArgumentException("a commit has 1 to " + MAX_EVENTS + " events");
        }
    }
}
