// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.config.Config;
import com.hazelcast.config.ListenerConfig;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import com.hazelcast.core.LifecycleEvent;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import com.hazelcast.core.LifecycleListener;
import com.hazelcast.partition.PartitionLostEvent;
import com.hazelcast.partition.PartitionLostListener;
import com.hazelcast.spi.exception.RetryableHazelcastException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Keeps a shard that is not there from being begun anew while somebody may still bring it home (ADR 0008). When a network falls apart, each
 * part misses the shards that the others have; when it heals they join one after the other, and the quorum is there before the last of them. A shard begun
 * in between would stand against the one that comes home.
 *
 * <p>A node that comes meanwhile, started again perhaps, has seen nothing of it, and is given shards that are not there: so it asks the others until none of them has lost anything.
 *
 * <p>Written by Hazelcast's event threads, read by partition threads.
 */
final class LostShards implements PartitionLostListener, LifecycleListener, MembershipListener, HazelcastInstanceAware {

    /**
     * From the last loss or arrival on. Parts of a cluster look for each other every five seconds, and not every look leads to something:
     * of two parts only one is to go over, and a look while the other's members change is in vain. So there is time for three.
     */
    static final Duration GRACE = Duration.ofSeconds(15);

    /**
     * So long after a member went one does not tell a newcomer that nothing is lost: what went with the member is
     * heard of some tenths of a second later, when others have taken its partitions over.
     */
    static final Duration NEWS = Duration.ofSeconds(2);

    /** Between an answer that something may be lost and the next question. */
    private static final Duration ASK_AGAIN = Duration.ofMillis(250);

    private static final String KEY = "sluice.log.lost-shards";

    private final int backups;
    private final LongSupplier nanos;
    private final Executor later;

    /** Whether the others have lost something. */
    private Supplier<CompletionStage<Boolean>> others;

    /** From the start until the others have answered that nothing is lost. */
    private volatile boolean asking = true;

    private volatile long lastRemoval;

    /** Written by the event threads; false again once a new shard was let through. */
    private volatile boolean maybeLost;

    private volatile long lastChange;

    /**
     * Nothing lost yet, as far as it knows.
     *
     * @param nanos as {@link System#nanoTime}
     * @param later runs what is to be done a little later
     * @param others asks them whether one of them {@link #mayHaveLost() may have lost} something
     */
    LostShards(int backups, LongSupplier nanos, Executor later, Supplier<CompletionStage<Boolean>> others) {
        this.backups = backups;
        this.nanos = nanos;
        this.later = later;
        this.others = others;
        lastRemoval = nanos.getAsLong() - NEWS.toNanos();
    }

    /** Has a member that is started with the configuration watch its losses. */
    static void watch(Config config) {
        LostShards watching = new LostShards(
                config.findMapConfig(LogMap.NAME).getBackupCount(),
                System::nanoTime,
                CompletableFuture.delayedExecutor(ASK_AGAIN.toMillis(), TimeUnit.MILLISECONDS),
                LostShards::noInstance);
        config.getUserContext().put(KEY, watching);
        config.addListenerConfig(new ListenerConfig(watching));
    }

    private static CompletionStage<Boolean> noInstance() {
        throw new IllegalStateException("Hazelcast gives it its instance before it starts");
    }

    @Override
    public void setHazelcastInstance(HazelcastInstance hazelcast) {
        others = () -> LossQuestion.ask(hazelcast);
    }

    /** What a member watches that was started so. */
    static LostShards of(HazelcastInstance member) {
        return (LostShards) member.getUserContext().get(KEY);
    }

    /**
     * Refuses to go on where a shard that is not there may still come home. On the partition's thread.
     *
     * @throws RetryableHazelcastException meanwhile; Hazelcast tries again, until the call times out
     */
    void demandNoneComesHome(int shard) {
        if (mayComeHome()) {
            throw new RetryableHazelcastException(
                    "shard " + shard + " is lost, or on a node that is still to come home");
        }
    }

    boolean mayComeHome() {
        return asking || hasLost();
    }

    /** What a newcomer is answered: whether this member has lost something, or cannot know that yet. */
    boolean mayHaveLost() {
        return hasLost() || nanos.getAsLong() - lastRemoval < NEWS.toNanos();
    }

    /** Whether this member has seen a loss of which something may still come home. */
    boolean hasLost() {
        if (maybeLost && nanos.getAsLong() - lastChange >= GRACE.toNanos()) {
            maybeLost = false;
        }
        return maybeLost;
    }

    @Override
    public void partitionLost(PartitionLostEvent event) {
        // Hazelcast counts as many replicas as there are members, whether or not they hold the data.
        if (event.getLostBackupCount() >= backups) {
            lost();
        }
    }

    @Override
    public void stateChanged(LifecycleEvent event) {
        if (event.getState() == LifecycleState.STARTED) {
            askOthers();
        } else if (event.getState() == LifecycleState.MERGING || event.getState() == LifecycleState.MERGED) {
            lost();
        }
    }

    /** Again and again, so that this member waits as long as the others and no longer. */
    private void askOthers() {
        others.get().thenAccept(lost -> {
            if (lost) {
                later.execute(this::askOthers);
            } else {
                asking = false;
            }
        });
    }

    @Override
    public void memberAdded(MembershipEvent event) {
        lastChange = nanos.getAsLong();
    }

    @Override
    public void memberRemoved(MembershipEvent event) {
        // What it had alone is told by partitionLost, later.
        lastRemoval = nanos.getAsLong();
    }

    private void lost() {
        lastChange = nanos.getAsLong();
        maybeLost = true;
    }
}
