// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher;

import java.time.Duration;

/**
 * The publisher's queue is full, or an org has its share of it, and nothing of this publish was taken. The message is safe to show.
 */
public class PublisherBusyException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Duration retryAfter;
    private final boolean ofOrg;

    private PublisherBusyException(String message, Duration retryAfter, boolean ofOrg) {
        // Thrown in overload, where a stack trace that nobody needs costs the most.
        super(message, null, false, false);
        this.retryAfter = retryAfter;
        this.ofOrg = ofOrg;
    }

    /** There is no room for anybody. */
    static PublisherBusyException full(Duration retryAfter) {
        return new PublisherBusyException(
                "the publisher's queue is full: publish again later, and slower", retryAfter, false);
    }

    /** There is no room for the org. */
    static PublisherBusyException orgFull(Duration retryAfter) {
        return new PublisherBusyException(
                "the organisation has its share of the publisher's queue under way: publish again later, and slower",
                retryAfter,
                true);
    }

    /** Whether the org has its share of the queue, rather than all together the whole. */
    public boolean isOfOrg() {
        return ofOrg;
    }

    /** After how long trying again makes sense. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
