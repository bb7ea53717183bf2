// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An answer of {@code GET /metrics}, read strictly: every sample belongs to the family whose {@code HELP} and {@code TYPE} stand before it.
 *
 * @param families by name, in their order
 */
record Scrape(Map<String, Family> families) {

    private static final Pattern SAMPLE =
            Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{((?:[a-z_]+=\"(?:[^\"\\\\]|\\\\.)*\",?)+)\\})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

    /** One metric. */
    record Family(String type, String help, Set<String> labels) {}

    static Scrape parse(String text) {
        Map<String, Family> families = new LinkedHashMap<>();
        String current = "";
        String help = "";
        for (String line : text.lines().toList()) {
            String[] words = line.split(" ", 4);
            if (line.startsWith("# HELP ")) {
                help = words.length == 4 ? words[3] : "";
            } else if (line.startsWith("# TYPE ")) {
                current = words[2];
                if (families.put(current, new Family(words[3], help, new TreeSet<>())) != null) {
                    throw new AssertionError("twice: " + current);
                }
                help = "";
            } else {
                sample(line, current, families.get(current));
            }
        }
        return new Scrape(families);
    }

    private static void sample(String line, String name, Family family) {
        Matcher sample = SAMPLE.matcher(line);
        if (!sample.matches() || !sample.group(1).matches(name + "(_bucket|_count|_sum)?")) {
            throw new AssertionError("not a sample of " + name + ": " + line);
        }
        Double.parseDouble(sample.group(3).replace("+Inf", "Infinity"));
        Matcher label = LABEL.matcher(sample.group(2) == null ? "" : sample.group(2));
        while (label.find()) {
            if (!label.group(1).equals("le") && !label.group(1).equals("quantile")) {
                family.labels().add(label.group(1));
            }
        }
    }

    /** Without the gauges {@code _max} that Micrometer puts beside each distribution. */
    Map<String, Family> metrics() {
        Map<String, Family> metrics = new LinkedHashMap<>(families);
        metrics.keySet()
                .removeIf(name -> name.endsWith("_max") && families.containsKey(name.replaceFirst("_max$", "")));
        return metrics;
    }
}
