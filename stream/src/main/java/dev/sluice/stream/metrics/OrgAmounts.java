// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.metrics;

import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How much each org has of something, as far as that is known, and how much all have together. Not thread-safe. */
public final class OrgAmounts {

    /** Stands for all orgs that are not named. No org can be called so (see {@link dev.sluice.stream.StreamKey#isOrg}). */
    public static final String REST = "";

    private final Map<String, Long> known = new HashMap<>();
    private long total;

    /** An org has this, or has it besides what was added before. */
    public void add(String org, long amount) {
        addKnown(org, amount);
        addToTotal(amount);
    }

    /** This part of the total is the org's. */
    void addKnown(String org, long amount) {
        known.merge(org, amount, Long::sum);
    }

    /** Somebody has this. */
    void addToTotal(long amount) {
        total += amount;
    }

    /** The orgs that have most, the first one first, at most so many and none that has nothing; then {@link #REST} with all else. */
    Map<String, Long> top(int count) {
        List<Map.Entry<String, Long>> most = known.entrySet().stream()
                .filter(entry -> entry.getValue() > 0)
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(count)
                .toList();
        Map<String, Long> top = new LinkedHashMap<>();
        long rest = total;
        for (Map.Entry<String, Long> entry : most) {
            top.put(entry.getKey(), entry.getValue());
            rest -= entry.getValue();
        }
        top.put(REST, rest);
        return top;
    }
}
