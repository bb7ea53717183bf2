// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

/** A message that cannot be followed. The text is for the client: what is wrong and how to mend it. */
final class ClientMessageException extends Exception {

    private static final long serialVersionUID = 1L;

    private final boolean malformed;

    private ClientMessageException(boolean malformed, String message) {
        super(message, null, false, false);
        this.malformed = malformed;
    }

    /** Not JSON at all: the session ends. */
    static ClientMessageException malformed(String message) {
        return new ClientMessageException(true, message);
    }

    /** JSON, but not a message that we know: the session goes on. */
    static ClientMessageException notUnderstood(String message) {
        return new ClientMessageException(false, message);
    }

    boolean isMalformed() {
        return malformed;
    }
}
