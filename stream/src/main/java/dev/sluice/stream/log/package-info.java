// SPDX-License-Identifier: Apache-2.0
/**
 * The ordered, replicated log of all streams: what is kept, how it is committed and read.
 *
 * <p>{@code ShardState} and what it holds are pure and confined to one thread: in the cluster the partition thread of the
 * shard, where the {@code *Processor} classes run them, primary and backups alike. {@link dev.sluice.stream.log.StreamLog}
 * is what others use, from any thread. Why every answer waits for the backups: docs/adr/0001-reads-are-barriers.md.
 */
package dev.sluice.stream.log;
