// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The Prometheus text format, version 0.0.4, read strictly: a line that is neither a sample nor a comment fails the test.
 *
 * @param samples in their order
 */
public record PrometheusText(List<Sample> samples) {

    private static final String NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
    private static final String LABEL = "([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\\n]|\\\\[\\\\\"n])*)\"";
    private static final Pattern SAMPLE =
            Pattern.compile("(" + NAME + ")(?:\\{((?:" + LABEL + ",?)*)\\})? (\\S+)( -?\\d+)?");
    private static final Pattern LABELS = Pattern.compile(LABEL);

    /** One line. */
    public record Sample(String name, Map<String, String> labels, double value) {}

    /** Reads it. */
    public static PrometheusText parse(String text) {
        return new PrometheusText(text.lines()
                .filter(line -> !line.isEmpty() && !line.startsWith("# HELP ") && !line.startsWith("# TYPE "))
                .map(PrometheusText::sample)
                .toList());
    }

    private static Sample sample(String line) {
        Matcher sample = SAMPLE.matcher(line);
        if (!sample.matches()) {
            throw new AssertionError("not a sample: " + line);
        }
        Map<String, String> labels = new HashMap<>();
        Matcher label = LABELS.matcher(sample.group(2) == null ? "" : sample.group(2));
        while (label.find()) {
            labels.put(label.group(1), unescaped(label.group(2)));
        }
        return new Sample(sample.group(1), labels, Double.parseDouble(sample.group(5)));
    }

    private static String unescaped(String value) {
        return value.replace("\\\"", "\"").replace("\\n", "\n").replace("\\\\", "\\");
    }

    /** The samples of a metric by org. */
    public Map<String, Double> byOrg(String name) {
        return samples.stream()
                .filter(sample -> sample.name().equals(name))
                .collect(Collectors.toMap(sample -> sample.labels().get("org"), Sample::value));
    }

    /** All values of labels. */
    public List<String> labelValues() {
        return samples.stream()
                .flatMap(sample -> sample.labels().values().stream())
                .toList();
    }
}
