// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.history;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the checker found.
 *
 * @param counts how many of what: {@code attempts}, {@code acknowledged} …, see {@link HistoryChecker}
 * @param violationCounts how many violations of each promise
 * @param violations the first of them, with the history around each
 * @param recoveries of each fault
 * @param completenessJudged whether the history {@linkplain Entry.Ended ended} in rest, so that missing events were looked for
 */
public record Report(
        Map<String, Long> counts,
        Map<Promise, Long> violationCounts,
        List<Violation> violations,
        List<Recovery> recoveries,
        boolean completenessJudged) {

    /** Copies. */
    public Report {
        counts = new TreeMap<>(counts);
        violationCounts = new TreeMap<>(violationCounts);
        violations = List.copyOf(violations);
        recoveries = List.copyOf(recoveries);
    }

    /** Whether every promise was kept. */
    public boolean isClean() {
        return violationCounts.isEmpty();
    }

    /** How many violations there are in all, those that are not kept in {@link #violations} included. */
    public long violationCount() {
        return violationCounts.values().stream().mapToLong(Long::longValue).sum();
    }

    /** One count, 0 if there is none. */
    public long count(String name) {
        return counts.getOrDefault(name, 0L);
    }

    /**
     * All of it as text of many lines.
     *
     * @param seed what replays the run, named beside each violation; null if nothing was random
     */
    public String print(Long seed) {
        StringBuilder text = new StringBuilder();
        counts.forEach((name, count) -> text.append(String.format("%-28s %,12d%n", name, count)));
        if (!completenessJudged) {
            text.append(String.format("the history did not come to rest: missing events were not looked for%n"));
        }
        violations.forEach(violation -> text.append(violation)
                .append(seed == null ? "" : System.lineSeparator() + "    seed " + seed)
                .append(System.lineSeparator()));
        long hidden = violationCount() - violations.size();
        if (hidden > 0) {
            text.append(String.format("… and %,d more%n", hidden));
        }
        return text.append(isClean() ? "no violation" : violationCount() + " violations " + violationCounts)
                .append(System.lineSeparator())
                .toString();
    }
}
