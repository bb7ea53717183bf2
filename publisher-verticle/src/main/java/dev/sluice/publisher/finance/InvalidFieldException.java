// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher.finance;

/** A field of a request that cannot be accepted. The message is safe to show. */
final class InvalidFieldException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    private final String field;

    InvalidFieldException(String field, String what) {
        super("'" + field + "' " + what);
        this.field = field;
    }

    String field() {
        return field;
    }
}
