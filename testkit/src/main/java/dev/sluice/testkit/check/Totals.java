// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.check;

import dev.sluice.testkit.history.Recovery;
import dev.sluice.testkit.history.Report;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What all windows of a run add up to. */
final class Totals {

    /** Counts of what there is, not of what happened. */
    private static final Set<String> STANDING = Set.of("subscribers", "subscribersAttachedAtEnd", "streams", "epochs");

    private static final Set<String> ERRORS = Set.of("refused", "unknown", "notConnected");
    private static final List<String> ERROR_KINDS = List.of("closed ", "gaps ", "notRecovered ");

    /** Cut by the client itself, going away, and draining. */
    private static final Set<String> ORDERLY = Set.of("closed 0", "closed 1001", "closed 4005");

    private final Map<String, Long> counts = new TreeMap<>();
    private final Map<String, Kind> kinds = new TreeMap<>();
    private long violations;

    void add(Report report) {
        report.counts()
                .forEach((name, count) -> counts.merge(name, count, STANDING.contains(name) ? Math::max : Long::sum));
        violations += report.violationCount();
        for (Recovery recovery : report.recoveries()) {
            Kind kind = kinds.computeIfAbsent(recovery.kind(), name -> new Kind());
            if (recovery.tookMs() == Recovery.NEVER) {
                kind.never++;
            } else {
                kind.tookMs.add(recovery.tookMs());
            }
            // A violation is of its window; which of the window's faults caused it is for its reader to say.
            kind.violations += report.violationCount() > 0 ? 1 : 0;
        }
    }

    long violations() {
        return violations;
    }

    /** Of what was counted, that which a client notices: none of it happens while nodes are replaced in order. */
    Map<String, Long> errors() {
        Map<String, Long> errors = new TreeMap<>();
        counts.forEach((name, count) -> {
            boolean error = ERRORS.contains(name) || ERROR_KINDS.stream().anyMatch(name::startsWith);
            if (error && !ORDERLY.contains(name) && count > 0) {
                errors.put(name, count);
            }
        });
        return errors;
    }

    String print() {
        StringBuilder text = new StringBuilder();
        counts.forEach((name, count) -> text.append(String.format("%-28s %,12d%n", name, count)));
        return text.toString();
    }

    /** The table of docs/reliability.md. */
    String markdown() {
        StringBuilder text = new StringBuilder(
                "| fault | injected | in windows with a violation | noticed for, p50 | max | not recovered |\n|---|---|---|---|---|---|\n");
        kinds.forEach((name, kind) -> {
            List<Long> sorted = kind.tookMs.stream().sorted().toList();
            long median = sorted.isEmpty() ? 0 : sorted.get(sorted.size() / 2);
            long most = sorted.isEmpty() ? 0 : sorted.get(sorted.size() - 1);
            text.append(String.format(
                    "| %s | %d | %d | %d ms | %d ms | %d |%n",
                    name, sorted.size() + kind.never, kind.violations, median, most, kind.never));
        });
        long gaps = counts.entrySet().stream()
                .filter(count ->
                        count.getKey().startsWith("gaps ") || count.getKey().startsWith("notRecovered "))
                .mapToLong(Map.Entry::getValue)
                .sum();
        return text.append(String.format(
                        "%n%,d faults, %,d acknowledged events, %,d deliveries, %,d resumptions (%,d on another node), %,d announced gaps, %,d violations%n",
                        counts.getOrDefault("faults", 0L),
                        counts.getOrDefault("acknowledgedEvents", 0L),
                        counts.getOrDefault("deliveries", 0L),
                        counts.getOrDefault("resumed", 0L),
                        counts.getOrDefault("resumedOnAnotherNode", 0L),
                        gaps,
                        violations))
                .toString();
    }

    private static final class Kind {
        private final List<Long> tookMs = new ArrayList<>();
        private int never;
        private int violations;
    }
}
