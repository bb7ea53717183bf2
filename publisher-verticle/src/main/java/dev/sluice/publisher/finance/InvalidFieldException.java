// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher.finance;

import dev.sluice.stream.ForeignText;

/** A field of a request that cannot be accepted. The message is safe to show. */
final class InvalidFieldException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    private static final int MAX_NAME_LENGTH = 100;

    private final String field;

    /** A field at fault; its name may be a stranger's, and is cut. */
    InvalidFieldException(String field, String what) {
        super("'" + ForeignText.excerpt(field, MAX_NAME_LENGTH) + "' " + what);
        this.field = ForeignText.excerpt(field, MAX_NAME_LENGTH);
    }

    String field() {
        return field;
    }
}
