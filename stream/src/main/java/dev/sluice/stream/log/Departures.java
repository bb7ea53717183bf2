// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.log;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.impl.HazelcastInstanceProxy;
import com.hazelcast.internal.cluster.ClusterService;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Whether a member may have left while an operation was under way (ADR 0008). When any member leaves, Hazelcast counts that as the acknowledgement of a
 * backup, for every operation under way, whoever has its backup (see {@code InvocationMonitor.OnMemberLeftTask}): an answer that came then
 * proves nothing. And it does so on another thread, some time later.
 *
 * <p>Thread-safe.
 */
final class Departures {

    /** In which Hazelcast has told all operations that a member left; it takes milliseconds unless the machine is overloaded. */
    static final Duration AFTERMATH = Duration.ofSeconds(1);

    private final IntSupplier versions;
    private final Supplier<Set<UUID>> members;
    private final LongSupplier nanos;

    /** Replaced as a whole, under the lock. */
    private volatile Seen seen;

    private record Seen(int version, Set<UUID> members, long lastLeft) {}

    Departures(IntSupplier versions, Supplier<Set<UUID>> members, LongSupplier nanos) {
        this.versions = versions;
        this.members = members;
        this.nanos = nanos;
        this.seen = new Seen(versions.getAsInt(), members.get(), nanos.getAsLong() - AFTERMATH.toNanos());
    }

    static Departures of(HazelcastInstance hazelcast) {
        ClusterService cluster =
                ((HazelcastInstanceProxy) hazelcast).getOriginal().node.getClusterService();
        return new Departures(
                cluster::getMemberListVersion,
                () -> cluster.getMembers().stream().map(Member::getUuid).collect(Collectors.toUnmodifiableSet()),
                System::nanoTime);
    }

    /** To be called before an operation is sent; what it returns is for {@link #nobodyLeftSince}. */
    long begin() {
        look();
        return nanos.getAsLong();
    }

    /** Whether the answer to an operation that began then was not brought about by a departure. */
    boolean nobodyLeftSince(long begun) {
        look();
        return begun - seen.lastLeft() >= AFTERMATH.toNanos();
    }

    /** How long until an operation that begins then can be trusted; at least 1. */
    long millisUntilQuiet() {
        long left = AFTERMATH.toNanos() - (nanos.getAsLong() - seen.lastLeft());
        return Math.max(1, left / 1_000_000 + 1);
    }

    private void look() {
        if (versions.getAsInt() != seen.version()) {
            compare();
        }
    }

    private synchronized void compare() {
        Seen before = seen;
        int version = versions.getAsInt(); // before the members, which may be newer: then they are looked at again
        Set<UUID> now = members.get();
        seen = new Seen(version, now, now.containsAll(before.members()) ? before.lastLeft() : nanos.getAsLong());
    }
}
