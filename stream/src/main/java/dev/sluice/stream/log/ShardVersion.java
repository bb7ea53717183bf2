// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

/**
 * How far a shard has come. Every commit that adds an event raises the number by one, so a gateway that has seen the
 * pushes of all versions up to this one has missed nothing.
 *
 * @param incarnation chosen at random when the shard is made; another one means that the shard was lost with all its
 *     replicas and began anew, so its numbers cannot be compared
 * @param number 0 for a shard without a commit, then 1, 2, 3 …
 */
public record ShardVersion(long incarnation, long number) {

    /** Before any version of any incarnation. */
    public static final ShardVersion NONE = new ShardVersion(0, 0);
}
