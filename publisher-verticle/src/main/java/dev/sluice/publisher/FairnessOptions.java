// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher;

import dev.sluice.stream.log.Commit;

/**
 * What one org may have of what all share. Keys begin with {@code publisher.fairness}.
 *
 * @param orgPercent how much of {@code publisher.maxQueuedEvents}, {@code publisher.maxQueuedBytes} and
 *     {@code publisher.http.maxBodyBytes} one org may fill, in percent; never less than one commit can hold, and never more than is
 *     still free, so that others always find room. 25, 1 to 100
 * @param commitBytes bytes of events after which a commit takes no more, for the next one of its shard waits for its end; what is
 *     published together is never split and may be more. 256 KiB, 16 KiB to 1 MiB
 * @param commitEvents the same in events; 500, 10 to 1 000
 */
public record FairnessOptions(int orgPercent, int commitBytes, int commitEvents) {

    private static final String PREFIX = "publisher.fairness.";

    /**
     * Checks the bounds.
     *
     * @throws IllegalArgumentException naming the key and its bounds
     */
    public FairnessOptions {
        Bounds.check(PREFIX + "orgPercent", orgPercent, 1, 100);
        Bounds.check(PREFIX + "commitBytes", commitBytes, 16 << 10, Commit.MAX_BYTES);
        Bounds.check(PREFIX + "commitEvents", commitEvents, 10, Commit.MAX_EVENTS);
    }

    /** The defaults given with each key. */
    public static FairnessOptions defaults() {
        return new FairnessOptions(25, 256 << 10, 500);
    }

    /** What one org may have of {@code whole}, of which a commit can hold {@code commit}. */
    public long share(long whole, long commit) {
        return Math.min(whole, Math.max(commit, whole / 100 * orgPercent));
    }
}
