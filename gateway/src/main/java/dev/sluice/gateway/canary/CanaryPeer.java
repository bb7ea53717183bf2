// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.canary;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Another node, as the canary of this one knows it. Not thread-safe. */
final class CanaryPeer {

    private final CanaryPath calls = CanaryPath.afterTheFirst();
    private final Map<Integer, CanaryPath> shards = new HashMap<>();
    private final CanaryMeters.Row meters;
    private CanaryCall latest;
    private int silentRounds;

    CanaryPeer(CanaryMeters.Row meters) {
        this.meters = meters;
    }

    /** It called. */
    void called(CanaryCall call, Set<Integer> registered, long now) {
        if (latest != null && call.round() <= latest.round()) {
            return; // twice, while a registration is made again
        }
        latest = call;
        silentRounds = 0;
        meters.arrived(now - call.sentAt(), calls.arrived(call.round()));
        shards.keySet().retainAll(call.probed());
        for (int shard : call.probed()) {
            if (registered.contains(shard)) {
                // The probe of this round is under way already, and may have been sent before the registration was
                // known.
                shards.computeIfAbsent(shard, added -> CanaryPath.after(call.round()));
            }
        }
    }

    /** Its probe of a shard came. */
    void probed(int shard, long round, long latencyMs) {
        CanaryPath path = shards.get(shard);
        if (path != null) {
            meters.arrived(latencyMs, path.arrived(round));
        }
    }

    /**
     * A round's time has passed.
     *
     * @param registered the shards that are registered here; others are not expected any more
     * @param knownRound the last round that other nodes have heard of it; -1 when they have heard nothing
     */
    void tick(Set<Integer> registered, long knownRound) {
        silentRounds++;
        shards.keySet().retainAll(registered);
        // What is sent after the next call came is late enough to be called lost.
        meters.lost(calls.due(knownRound - 1));
        if (latest != null) {
            long due = latest.round() - 1;
            shards.values().forEach(path -> meters.lost(path.due(due)));
        }
        if (isSilent() && wasHeard() && !isGone()) {
            calls.presumeOneLost();
            meters.lost(1);
        }
        meters.silentRounds(silentRounds);
    }

    /** Whether nothing came of it for so long that it is paused, slow, or cannot be heard here. */
    boolean isSilent() {
        return silentRounds > Canary.SILENT_ROUNDS;
    }

    /** Whether it said that it stops. */
    boolean isGone() {
        return latest != null && latest.last();
    }

    /** Whether it has been heard since it joined. */
    boolean wasHeard() {
        return latest != null;
    }

    /** The last round of it that came here; 0 when none has. */
    long round() {
        return latest == null ? 0 : latest.round();
    }

    /** Up to which round it has heard another node; -1 when it has not. */
    long heard(String node) {
        return latest == null ? -1 : latest.heard().getOrDefault(node, -1L);
    }

    /** The shards whose pushes it wants. */
    Set<Integer> registered() {
        return latest == null || isGone() ? Set.of() : latest.registered();
    }

    CanaryPath calls() {
        return calls;
    }

    /** The shards through which it sends probes here. */
    Map<Integer, CanaryPath> shards() {
        return shards;
    }

    /** It is no member any more. */
    void forget() {
        meters.remove();
    }
}
