// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import com.hazelcast.instance.impl.Node;
import com.hazelcast.internal.services.NodeAware;
import com.hazelcast.map.EntryProcessor;
import java.util.Map;

/**
 * An operation whose answer waits until the backups know what it reveals (ADR 0001).
 *
 * <p>That holds for reads as for commits. Without it: the primary accepts event X at seq 7, a reader is shown X, the
 * primary dies before X is on the backup, the promoted backup gives seq 7 to event Y. The reader has 7 and never asks
 * for it again: Y is lost to it, silently. With it, the backup operation of the read comes after that of X on the same
 * connection and carries the head besides, so whoever is promoted goes on after 7.
 *
 * @param <R> what it answers
 */
abstract class BarrierProcessor<R> extends ShardProcessor<R> implements NodeAware {

    Limits limits;
    private ShardDelta delta;

    /** Where it runs; null where no Hazelcast runs it. Does not travel. */
    private Node node;

    BarrierProcessor(Limits limits) {
        this.limits = limits;
    }

    /** What was done and what the backups must know of it; null if nothing. */
    record Done<R>(R reply, ShardDelta delta) {}

    @Override
    final boolean waitsForBackups() {
        return true;
    }

    abstract Done<R> run(Map.Entry<Integer, Wired<ShardState>> entry);

    abstract Wired.Kind<R> replyKind();

    @Override
    public final void setNode(Node owner) {
        node = owner;
    }

    @Override
    public final Wired<R> process(Map.Entry<Integer, Wired<ShardState>> entry) {
        if (node != null) {
            answerFor(entry);
        }
        Done<R> done = run(entry);
        delta = done.delta();
        return replyKind().of(done.reply());
    }

    private void answerFor(Map.Entry<Integer, Wired<ShardState>> entry) {
        Copies.demand(node, entry.getKey());
        Wired<ShardState> shard = entry.getValue();
        if (shard == null || shard.value().isHome()) {
            LostShards.of(node.hazelcastInstance).demandNoneComesHome(entry.getKey());
        }
        if (shard != null) {
            shard.value().answeredBy(node.getThisUuid());
        }
    }

    @Override
    @SuppressWarnings("unchecked") // nobody looks at what a backup processor answers
    public final EntryProcessor<Integer, Wired<ShardState>, Wired<R>> getBackupProcessor() {
        EntryProcessor<Integer, Wired<ShardState>, ?> apply = delta == null ? null : new ApplyProcessor(delta, limits);
        return (EntryProcessor<Integer, Wired<ShardState>, Wired<R>>) apply;
    }
}
