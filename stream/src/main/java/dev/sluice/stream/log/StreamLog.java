// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import dev.sluice.stream.Position;
import dev.sluice.stream.StreamKey;
import io.vertx.core.Future;

/**
 * The ordered, replicated log of all streams, cut into shards by {@link StreamKey#shard(int)}.
 *
 * <p>May be called from any thread; a future completes on the caller's Vert.x context, or on some Vert.x context when
 * the caller has none. A future fails with {@link LogUnavailableException} when the outcome is not known or the cluster
 * cannot answer (no quorum, timeout, node leaving): the same call may be made again, and a {@link Commit} must be made
 * again unchanged.
 */
public interface StreamLog {

    /** How many shards there are; fixed when the cluster is formed. */
    int shards();

    /**
     * Appends events: gives each a dense seq in its stream, drops those whose (source, id) stands there already (P5),
     * makes streams that do not exist. The future succeeds only when the configured backups have it, too (P4).
     */
    Future<CommitResult> commit(Commit commit);

    /**
     * Reads a stream, oldest first, from {@code fromSeq} or the oldest event held, whichever is later. A stream that
     * does not exist is made, with a new epoch. What is returned is on the backups as well: an event that a reader has
     * seen cannot be replaced by another one when the owner of the shard dies.
     *
     * @param fromSeq the first seq wanted; {@link Position#MAX_SEQ} for the head alone
     * @param maxEvents the most events to return, at least 0
     * @param maxBytes the most bytes of events to return; the first event is returned even if it alone has more
     * @return fails with {@link StreamLimitException} when the stream would be one more than its org may have
     */
    Future<LogSlice> read(StreamKey key, long fromSeq, int maxEvents, int maxBytes);

    /**
     * Gives a stream a new epoch if its history is not the one that a node of the cluster was told of: {@code known} is in its epoch, but
     * beyond its head, or another event stands there. That happens when more nodes were lost at once than there are backups and an older
     * replica took over: seqs that were handed out would be given to other events. The stream then begins anew, empty, so that every
     * cursor from before is {@code epoch_changed}. If {@code known} proves nothing (it stands there, it is expired, the epoch is another one
     * already), nothing changes; so it may be asked by several, and again.
     *
     * <p>For nodes of the cluster only, and only for what they were told by the log itself or by a push. What a client claims is no proof:
     * with it, anybody could make everybody reload.
     *
     * @return where the stream stands now, without events; fails with {@link StreamLimitException} as {@link #read} does
     */
    Future<LogSlice> renew(StreamKey key, KnownEvent known);

    /**
     * The version of a shard: one small operation, {@link ShardVersion#number()} 0 for a shard that does not exist yet.
     * Only to be compared with the version known: it may not be on the backups yet, and so be undone. The one to take
     * over when it differs is that of {@link #changes}, of a slice or of a push.
     */
    Future<ShardVersion> version(int shard);

    /**
     * Which streams of a shard have moved since the given version. The version returned is on the backups; the heads
     * say where to look, what is there {@link #read} tells.
     */
    Future<ShardChanges> changes(int shard, ShardVersion since);
}
