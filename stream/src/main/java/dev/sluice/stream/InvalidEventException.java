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

    private final Kind kind;
    private final String attribute;

    /**
     * A refusal.
     *
     * @param attribute the CloudEvents attribute at fault, or null when the event as a whole is
     */
    public InvalidEventException(Kind kind, String attribute, String message) {
        super(message);
        this.kind = kind;
        this.attribute = attribute;
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
