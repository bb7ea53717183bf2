// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.auth;

/** A token that was not accepted. The message is safe to show: it never holds the token or a key. */
public class TokenException extends RuntimeException {

    /** Why. */
    public enum Reason {
        /** It was valid and has ended: the client fetches another one. */
        EXPIRED,
        /** It is missing, malformed, of a wrong signature, algorithm, issuer or audience, or lacks a required claim. */
        INVALID,
        /** The keys could not be fetched: nothing is known about the token. */
        UNVERIFIABLE
    }

    private static final long serialVersionUID = 1L;

    private final Reason reason;

    /** With a message that is safe to show. */
    public TokenException(Reason reason, String message) {
        super(message, null, false, false);
        this.reason = reason;
    }

    /** Why it was not accepted. */
    public Reason reason() {
        return reason;
    }
}
