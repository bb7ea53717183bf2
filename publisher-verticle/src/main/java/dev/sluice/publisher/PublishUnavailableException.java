// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher;

import java.time.Duration;

/**
 * The log did not take the event. Publishing it again, with the same source and id, is always right: where it was taken after all, it
 * is recognised and not added twice (P5). The message is safe to show.
 */
public class PublishUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final boolean outcomeUnknown;
    private final Duration retryAfter;

    private PublishUnavailableException(String message, boolean outcomeUnknown, Duration retryAfter, Throwable cause) {
        super(message, cause, false, false);
        this.outcomeUnknown = outcomeUnknown;
        this.retryAfter = retryAfter;
    }

    /** It was not sent to the log. */
    static PublishUnavailableException notPublished(String reason, Duration retryAfter) {
        return new PublishUnavailableException(
                reason + "; the event was not published: publish it again later", false, retryAfter, null);
    }

    /** It was sent to the log, which did not confirm it. */
    static PublishUnavailableException outcomeUnknown(String reason, Duration retryAfter, Throwable cause) {
        return new PublishUnavailableException(
                reason + "; the outcome is unknown: publish again with the same id, it will not be doubled",
                true,
                retryAfter,
                cause);
    }

    /** Whether the event may be in the log all the same; false if it certainly is not. */
    public boolean outcomeUnknown() {
        return outcomeUnknown;
    }

    /** After how long trying again makes sense. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
