// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher;

import dev.sluice.stream.Receipt;
import java.util.List;
import java.util.Optional;

/**
 * Of events of several streams published together, those of some streams were taken and those of others were not. The {@linkplain
 * #getCause() cause} says why for the first that was not. Publishing all of them again is right: those taken come back as duplicates.
 */
public class PartialPublishException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<Optional<Receipt>> receipts;

    PartialPublishException(List<Optional<Receipt>> receipts, Throwable cause) {
        super("the events of some streams were published, those of others were not", cause, false, false);
        this.receipts = List.copyOf(receipts);
    }

    /** One for each event, in the order in which they were given; empty for those that were not taken. */
    public List<Optional<Receipt>> receipts() {
        return receipts;
    }
}
