// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.revocation;

/** There are as many revocations as there may be: {@value RevocationStore#MAX_ENTRIES}. */
public final class RevocationLimitException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    RevocationLimitException() {
        super("there are " + RevocationStore.MAX_ENTRIES + " revocations, which is the limit", null, false, false);
    }
}
