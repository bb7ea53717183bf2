// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli.plan;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;

/** The table of costs: each constant with where it is from. Immutable. */
public final class Costs {

    /** The kinds of sources, from the best to the poorest. */
    static final Set<String> KINDS = Set.of("measured", "specified", "assumed");

    private static final String RESOURCE = "costs.properties";
    private static final String KIND = ".kind";
    private static final String SOURCE = ".source";

    private final Map<String, Cost> all;

    /**
     * One constant.
     *
     * @param kind how sure it is: measured, specified or assumed
     * @param source what gave it
     */
    public record Cost(double value, String kind, String source) {}

    private Costs(Map<String, Cost> all) {
        this.all = all;
    }

    /** Those that come with this release. */
    public static Costs builtIn() {
        try (InputStream in = Costs.class.getResourceAsStream(RESOURCE);
                Reader reader = new InputStreamReader(in, StandardCharsets.UTF_8)) {
            return read(reader);
        } catch (IOException e) {
            throw new IllegalStateException("the build puts " + RESOURCE + " into this artifact", e);
        }
    }

    /**
     * Those of a file, which must name all.
     *
     * @throws IllegalArgumentException naming the constant that is missing, is no positive number, or has no source
     */
    public static Costs of(Path file) throws IOException {
        try (Reader reader = Files.newBufferedReader(file)) {
            Costs costs = read(reader);
            for (String name : builtIn().all.keySet()) {
                costs.get(name);
            }
            return costs;
        }
    }

    static Costs read(Reader reader) throws IOException {
        Properties lines = new Properties();
        lines.load(reader);
        Map<String, Cost> all = new TreeMap<>();
        for (String name : lines.stringPropertyNames()) {
            if (!name.endsWith(KIND) && !name.endsWith(SOURCE)) {
                all.put(name, cost(name, lines));
            }
        }
        return new Costs(all);
    }

    private static Cost cost(String name, Properties lines) {
        String kind = lines.getProperty(name + KIND, "");
        String source = lines.getProperty(name + SOURCE, "");
        if (!KINDS.contains(kind) || source.isBlank()) {
            throw new IllegalArgumentException(
                    name + " must say " + name + KIND + " (measured, specified or assumed) and " + name + SOURCE);
        }
        double value;
        try {
            value = Double.parseDouble(lines.getProperty(name));
        } catch (NumberFormatException e) {
            value = 0;
        }
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException(name + " must be a positive number, is " + lines.getProperty(name));
        }
        return new Cost(value, kind, source);
    }

    /**
     * The value of a constant.
     *
     * @throws IllegalArgumentException when there is none of that name
     */
    public double get(String name) {
        Cost cost = all.get(name);
        if (cost == null) {
            throw new IllegalArgumentException("there is no cost " + name);
        }
        return cost.value();
    }

    /** All, by name. */
    public Map<String, Cost> all() {
        return Map.copyOf(all);
    }
}
