// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.cluster;

import java.util.Set;
import java.util.UUID;

/**
 * What a node sees of the cluster at one moment.
 *
 * @param nanos when, by a clock that never jumps and goes on while the process is stopped
 * @param quorum whether the log accepts commits here
 * @param self this member; another one after it has joined another part of the cluster
 * @param members all members, this one and lite ones included
 */
public record ClusterSight(long nanos, boolean quorum, UUID self, Set<UUID> members) {

    /** Copies the set. */
    public ClusterSight {
        members = Set.copyOf(members);
    }
}
