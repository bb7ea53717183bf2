// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How long after the beginning of each fault the last disturbance was over that began while it lasted. A disturbance is a connection that
 * was not cut by its own subscriber, until that subscriber is subscribed again; a publish until it is acknowledged, and an acknowledged
 * event until it is delivered, if that takes longer than {@value #NOTICEABLE_MS} ms.
 */
final class RecoveryTimes {

    static final long NOTICEABLE_MS = 1000;

    private final List<Disturbance> disturbances = new ArrayList<>();
    private final Map<String, Long> closed = new HashMap<>();
    private final Map<Integer, Entry.Fault> faults = new TreeMap<>();
    private final Map<Integer, Long> healed = new HashMap<>();

    void fault(Entry.Fault fault) {
        faults.put(fault.number(), fault);
    }

    void healed(Entry.Healed entry) {
        healed.put(entry.number(), entry.atMs());
    }

    void closed(Entry.Closed entry) {
        if (entry.code() != 0) {
            closed.putIfAbsent(entry.subscriber(), entry.atMs());
        }
    }

    void subscribed(Entry.Subscribed entry) {
        Long since = closed.remove(entry.subscriber());
        if (since != null) {
            disturbances.add(new Disturbance(since, entry.atMs()));
        }
    }

    void waited(long fromMs, long toMs) {
        if (toMs - fromMs > NOTICEABLE_MS) {
            disturbances.add(new Disturbance(fromMs, toMs));
        }
    }

    List<Recovery> all() {
        disturbances.sort(Comparator.comparingLong(Disturbance::fromMs));
        return faults.values().stream().map(this::of).toList();
    }

    private Recovery of(Entry.Fault fault) {
        long until = healed.getOrDefault(fault.number(), Long.MAX_VALUE);
        long over = fault.atMs();
        for (int i = firstFrom(fault.atMs()); i < disturbances.size() && disturbances.get(i).fromMs <= until; i++) {
            over = Math.max(over, disturbances.get(i).toMs);
        }
        boolean never = closed.values().stream().anyMatch(at -> at >= fault.atMs() && at <= until);
        return new Recovery(fault.number(), fault.kind(), never ? Recovery.NEVER : over - fault.atMs());
    }

    private int firstFrom(long atMs) {
        int low = 0;
        int high = disturbances.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (disturbances.get(middle).fromMs < atMs) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private record Disturbance(long fromMs, long toMs) {}
}
