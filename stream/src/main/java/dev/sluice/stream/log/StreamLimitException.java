// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

/** The org has as many streams as it may have. */
public class StreamLimitException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** With a message that is safe to show. */
    public StreamLimitException(String message) {
        super(message);
    }
}
