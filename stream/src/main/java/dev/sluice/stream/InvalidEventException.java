// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream;

/** A publish that cannot be accepted as it is. The message names the attribute and the mend, and is safe to show. */
public class InvalidEventException extends IllegalArgumentException {

    /** What kind of refusal; HTTP maps it to a status. */
    public enum Kind {
        /** Not a valid CloudEvent: status 400. */
        MALFORMED,
        /** Over a size limit: status 413. */
        TOO_LARGE
    }

    private static final long serialVersionUID = 1L;

    /** Messages quote what was sent; an answer shall not be as large as the question. */
    private static final int MAX_MESSAGE_LENGTH = 500;

    private static final int MAX_ATTRIBUTE_NAME_LENGTH = 100;

    private final Kind kind;
    private final String attribute;

    /**
     * A refusal.
     *
     * @param attribute the CloudEvents attribute at fault, or null when the event as a whole is
     * @param message cut when it is longer than 500 characters
     */
    public InvalidEventException(Kind kind, String attribute, String message) {
        super(ForeignText.excerpt(message, MAX_MESSAGE_LENGTH));
        this.kind = kind;
        this.attribute = attribute == null ? null : ForeignText.excerpt(attribute, MAX_ATTRIBUTE_NAME_LENGTH);
    }

    /** What kind of refusal. */
    public Kind kind() {
        return kind;
    }

    /** The attribute at fault, or null. */
    public String attribute() {
        return attribute;
    }
}
