// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

/**
 * A commit was refused because its publisher and number were used before, by a later commit or by other events: nothing
 * of it was added. Its first sending may have been accepted; sending the events in a commit with a new number tells,
 * for those that stand there already come back as duplicates.
 */
public class StaleCommitException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** With a message that is safe to show. */
    public StaleCommitException(String message) {
        super(message);
    }
}
