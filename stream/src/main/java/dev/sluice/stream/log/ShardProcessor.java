// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import com.hazelcast.map.EntryProcessor;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * An operation on a shard, run by the partition thread of its owner on the value itself: the map's format is OBJECT and
 * the entry has no index, so the value is neither copied nor serialised, and what is changed in it is changed. {@code
 * setValue} is needed only to put a new shard there; backups are sent by {@code getBackupProcessor}, whether or not it
 * was called (see Hazelcast's {@code EntryOperation}, which asks for it, several times, after {@code process}).
 *
 * <p>When the caller is the owner itself, Hazelcast uses the processor without serialising it: so one is made for each
 * call, and the arrays of events that it carries belong to nobody.
 *
 * @param <R> what it answers
 */
abstract class ShardProcessor<R> extends Wire implements EntryProcessor<Integer, Wired<ShardState>, Wired<R>> {

    /** For epochs and incarnations: they must differ from those of any other node at any time. */
    private static final RandomGenerator RANDOM = new SecureRandom();

    private static final InstantSource CLOCK = new SteadyClock(InstantSource.system(), System::nanoTime);

    /** Of the member that runs it; neither travels. */
    private InstantSource clock = CLOCK;

    private RandomGenerator random = RANDOM;

    /** Another clock and another chance than the member's own: a simulation runs many members in one process and must repeat itself. */
    final void runWith(InstantSource otherClock, RandomGenerator otherRandom) {
        clock = otherClock;
        random = otherRandom;
    }

    /** Whether its answer must be known to the backups before it is given. */
    boolean waitsForBackups() {
        return false;
    }

    /** Epoch milliseconds where it runs. */
    final long now() {
        return clock.millis();
    }

    final RandomGenerator random() {
        return random;
    }

    /** The shard of the entry, made if there is none. */
    final ShardState shardOf(Map.Entry<Integer, Wired<ShardState>> entry) {
        return shardOf(entry, 0);
    }

    /**
     * The shard of the entry, made if there is none.
     *
     * @param incarnation of a new one, 0 for a random one
     */
    final ShardState shardOf(Map.Entry<Integer, Wired<ShardState>> entry, long incarnation) {
        Wired<ShardState> value = entry.getValue();
        if (value == null) {
            value = LogSerializerFactory.SHARD_STATE.of(
                    new ShardState(incarnation == 0 ? ShardState.incarnation(random) : incarnation));
            entry.setValue(value);
        }
        return value.value();
    }
}
