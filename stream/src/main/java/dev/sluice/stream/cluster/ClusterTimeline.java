// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.cluster;

import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.core.HazelcastInstance;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** What happened to the cluster as this member saw it: the last {@value #KEPT} changes, the newest last. Thread-safe. */
public final class ClusterTimeline {

    static final int KEPT = 100;

    private final InstantSource clock;
    private final Deque<Change> changes = new ArrayDeque<>();
    private Optional<ClusterStanding.Doubt> doubt = Optional.empty();

    /**
     * A change.
     *
     * @param at epoch milliseconds, by this machine's clock
     * @param kind {@code joined}, {@code left}, {@code doubt} or {@code settled}
     * @param detail the address of the member, or why nothing may be believed
     */
    public record Change(long at, String kind, String detail) {}

    /** An empty one. */
    public ClusterTimeline(InstantSource clock) {
        this.clock = clock;
    }

    /** Begins to write down who comes and goes. */
    public void watch(HazelcastInstance hazelcast) {
        hazelcast.getCluster().addMembershipListener(new MembershipListener() {
            @Override
            public void memberAdded(MembershipEvent event) {
                add("joined", ClusterEvents.address(event.getMember()));
            }

            @Override
            public void memberRemoved(MembershipEvent event) {
                add("left", ClusterEvents.address(event.getMember()));
            }
        });
    }

    /** Hears what a look at the cluster told; writes down when that is something else than before. */
    public synchronized void hear(ClusterStanding.Verdict verdict) {
        if (!verdict.doubt().equals(doubt)) {
            doubt = verdict.doubt();
            add(
                    doubt.isPresent() ? "doubt" : "settled",
                    doubt.map(ClusterStanding.Doubt::text).orElse("the cluster is whole enough again"));
        }
    }

    synchronized void add(String kind, String detail) {
        changes.addLast(new Change(clock.millis(), kind, detail));
        if (changes.size() > KEPT) {
            changes.removeFirst();
        }
    }

    /** Those of now, the oldest first. */
    public synchronized List<Change> changes() {
        return List.copyOf(changes);
    }
}
