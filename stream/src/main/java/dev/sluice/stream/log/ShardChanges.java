// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import dev.sluice.stream.Position;
import dev.sluice.stream.StreamKey;
import java.util.Map;

/**
 * Which streams of a shard have moved since a version.
 *
 * @param version the shard's version now
 * @param heads epoch and newest seq of every stream that got an event after the version asked for; all streams of the
 *     shard when that version is of another incarnation
 */
public record ShardChanges(ShardVersion version, Map<StreamKey, Position> heads) {

    /** Copies the map. */
    public ShardChanges {
        heads = Map.copyOf(heads);
    }
}
