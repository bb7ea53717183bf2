// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.simulation;

import dev.sluice.testkit.history.Promise;

/** What is broken on purpose, to see that it is found, and the promise that is then not kept. */
public enum Sabotage {
    /** Nothing: the product as it is. */
    NONE(null),
    /** A push that was lost is made up for by nobody: the log does not tell what changed. */
    REPAIR_SKIPPED(Promise.P3),
    /** A gateway sends a batch twice. */
    BATCH_TWICE(Promise.P2),
    /** A gateway sends a batch before the one before it. */
    BATCHES_SWAPPED(Promise.P1),
    /** A gateway does not tell its sessions that an epoch is over. */
    EPOCH_CHANGE_UNTOLD(Promise.P3),
    /** A gateway says of cursors that it honours that their epoch is over. */
    CURSOR_REFUSED(Promise.P6),
    /** A publisher is answered before the log has its commit. */
    ACKNOWLEDGED_TOO_EARLY(Promise.P4),
    /** The log forgets what was published. */
    IDS_FORGOTTEN(Promise.P5),
    /** A batch comes to another org's stream. */
    FOREIGN_BATCH(Promise.P7);

    private final Promise broken;

    Sabotage(Promise broken) {
        this.broken = broken;
    }

    /** The promise that is not kept; null for none. */
    public Promise broken() {
        return broken;
    }
}
