// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The tables of docs/metrics.md.
 *
 * @param rows by the name of the metric
 */
record MetricsDocument(Map<String, Row> rows) {

    private static final Pattern ROW = Pattern.compile("^\\| `([a-z0-9_]+)` \\| (counter|gauge|histogram|summary) "
            + "\\| ([A-Za-z0-9 ]+) \\| (none|`[a-z`, ]+`) \\| ([gpo]|p o|g o) \\| (.+) \\|$");

    /** One metric. */
    record Row(String type, String unit, Set<String> labels, String on, String meaning) {

        /** Of a metric that is not there. */
        static final Row NONE = new Row("none", "none", Set.of(), "p", "");

        /** Shown by a process that has no gateway, too. */
        boolean isOfEveryProcess() {
            return on.startsWith("p");
        }

        /** Shown from the start. */
        boolean isAlwaysThere() {
            return !meaning.contains("once it has happened");
        }
    }

    static MetricsDocument read() {
        Map<String, Row> rows = new LinkedHashMap<>();
        for (String line : lines()) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                Set<String> labels =
                        new TreeSet<>(Set.of(row.group(4).replaceAll("[` ]", "").split(",")));
                labels.remove("none");
                Row old =
                        rows.put(row.group(1), new Row(row.group(2), row.group(3), labels, row.group(5), row.group(6)));
                if (old != null) {
                    throw new AssertionError("twice in docs/metrics.md: " + row.group(1));
                }
            } else if (line.startsWith("| `")) {
                throw new AssertionError("not a row of docs/metrics.md: " + line);
            }
        }
        return new MetricsDocument(rows);
    }

    private static Iterable<String> lines() {
        try {
            return Files.readAllLines(Path.of("../docs/metrics.md"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The metric that a series belongs to, whose name a rule uses; null when there is none. */
    Row of(String series) {
        Row exact = rows.get(series);
        if (exact != null) {
            return exact;
        }
        Row distribution = rows.get(series.replaceFirst("_(bucket|count|sum|max)$", ""));
        return distribution != null && distribution.type().matches("histogram|summary") ? distribution : null;
    }
}
