// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.history;

import dev.sluice.stream.Position;

/**
 * One thing that happened, as whoever saw it wrote it down. Times are epoch milliseconds (or those of a simulation); what decides is the
 * order in the {@link History}.
 */
public sealed interface Entry {

    /** When, in epoch milliseconds. */
    long atMs();

    /** What somebody did who publishes. */
    sealed interface OfPublisher extends Entry {
        /** Who. */
        String publisher();

        /** The org of the event. */
        String org();

        /** The service of the event. */
        String service();

        /** The CloudEvents source. */
        String source();

        /** The CloudEvents id. */
        String id();
    }

    /** What somebody saw who subscribes. */
    sealed interface OfSubscriber extends Entry {
        /** Who. */
        String subscriber();

        /** Which connection of this subscriber: 1, 2, 3 … */
        long connection();
    }

    /** A publish was begun; a retry of the same id is another. */
    record Attempted(long atMs, String publisher, String org, String service, String source, String id)
            implements OfPublisher {}

    /** It was answered with a position. */
    record Acknowledged(
            long atMs,
            String publisher,
            String org,
            String service,
            String source,
            String id,
            String epoch,
            long seq,
            boolean duplicate)
            implements OfPublisher {}

    /** It was answered that it is not published. */
    record Refused(long atMs, String publisher, String org, String service, String source, String id, String why)
            implements OfPublisher {}

    /** It was not answered, or with an error that leaves open what became of it. */
    record Unknown(long atMs, String publisher, String org, String service, String source, String id, String why)
            implements OfPublisher {}

    /** A new connection, on which nothing is subscribed yet. The ones before it are gone, whether they were closed or not. */
    record Connected(long atMs, String subscriber, long connection, String node, String org) implements OfSubscriber {}

    /**
     * A service was subscribed.
     *
     * @param cursor the position that the subscriber gave; null: none ({@code latest}), or {@code earliest} when {@code replayed} is there
     * @param seq the head when it was attached
     * @param recovered null when no cursor was given
     * @param reason why it was not recovered, else null
     * @param replayed how many events will be replayed, null if it was not said
     */
    record Subscribed(
            long atMs,
            String subscriber,
            long connection,
            String service,
            Position cursor,
            String epoch,
            long seq,
            Boolean recovered,
            String reason,
            Long replayed)
            implements OfSubscriber {}

    /**
     * One event came; a frame of many is many of these.
     *
     * @param source the CloudEvents source
     * @param org the org that the event carries, null if it carries none
     */
    record Delivered(
            long atMs,
            String subscriber,
            long connection,
            String service,
            String epoch,
            long seq,
            String source,
            String id,
            String org)
            implements OfSubscriber {}

    /** The gateway announced that {@code from} to {@code to} are not delivered, or that the epoch is another now. */
    record Gap(
            long atMs,
            String subscriber,
            long connection,
            String service,
            String epoch,
            long from,
            long to,
            String reason)
            implements OfSubscriber {}

    /**
     * The connection is over.
     *
     * @param code the close code; 0: the subscriber itself cut it; 1006: it broke
     */
    record Closed(long atMs, String subscriber, long connection, int code) implements OfSubscriber {}

    /** A subscriber could not connect. */
    record NotConnected(long atMs, String subscriber, String node, String why) implements Entry {}

    /** Something was done to the cluster. */
    record Fault(long atMs, int number, String kind, String detail) implements Entry {}

    /** It was undone. */
    record Healed(long atMs, int number) implements Entry {}

    /**
     * All publishers have stopped, all faults are healed, and everybody was given the time to come to rest: from here on it can be judged
     * whether something is missing.
     */
    record Ended(long atMs) implements Entry {}
}
