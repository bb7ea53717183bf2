// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import dev.sluice.stream.Receipt;
import java.util.List;
import java.util.Optional;

/**
 * The answer to a {@link Commit}.
 *
 * @param version the shard's version after it
 * @param timestamp when the log accepted it, epoch milliseconds; never lower than that of an earlier commit of the
 *     shard
 * @param receipts one for each event of the commit, in its order; empty where the stream would have been one more than
 *     the event's org may have
 */
public record CommitResult(ShardVersion version, long timestamp, List<Optional<Receipt>> receipts) {

    /** Copies the list. */
    public CommitResult {
        receipts = List.copyOf(receipts);
    }
}
