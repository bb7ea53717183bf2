// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

/** The log cannot answer now, or its answer was lost on the way: whether a commit took place is not known. */
public class LogUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** With a message that is safe to show. */
    public LogUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
