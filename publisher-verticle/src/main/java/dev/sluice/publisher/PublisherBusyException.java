// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher;

import java.time.Duration;

/** The publisher's queue is full, and nothing of this publish was taken. The message is safe to show. */
public class PublisherBusyException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Duration retryAfter;

    PublisherBusyException(Duration retryAfter) {
        // Thrown in overload, where a stack trace that nobody needs costs the most.
        super("the publisher's queue is full: publish again later, and slower", null, false, false);
        this.retryAfter = retryAfter;
    }

    /** After how long trying again makes sense. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
