// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Fills option records: defaults first, then a YAML file, then the environment; the later wins, key by key.
 *
 * <p>A component of a record is a key; nested records make dotted keys. Every key has a variable: {@code
 * gateway.batchWindow} is {@code SLUICE_GATEWAY_BATCH_WINDOW}. There, lists are written {@code a,b}, maps {@code a=1,b=2};
 * lists and maps are replaced, not merged. A secret can also come from a file, named by the variable with {@code _FILE}
 * behind it. Components may be String, boolean, int, long, double, Duration, Path, URI, {@link Secret}, enums; List, Set,
 * Optional and Map (by String) of those; records and Optionals of records.
 *
 * <p>What is not understood is refused rather than ignored, for a misspelt limit is no limit. The exceptions are the
 * variables of the launcher and those that Kubernetes makes up for each service of a namespace.
 */
public final class ConfigLoader {

    /** Variables that are no keys: read by the launcher before there is a configuration. */
    public static final Set<String> LAUNCHER_VARIABLES = Set.of("SLUICE_CONFIG", "SLUICE_HOME", "SLUICE_JAVA_OPTS");

    private ConfigLoader() {}

    /**
     * The configuration of all three sources.
     *
     * @param defaults what holds where the others are silent
     * @param yaml the file, if there is one
     * @param environment usually {@link System#getenv()}
     * @throws ConfigException if the file cannot be read, or a key or variable is unknown, of the wrong type or out of bounds
     * @throws IllegalArgumentException if the defaults have a component of a type that no key can have
     */
    public static <T extends Record> T load(T defaults, Optional<Path> yaml, Map<String, String> environment) {
        Shape.Section root = Shape.of(defaults);
        ObjectNode tree =
                yaml.map(path -> new YamlFile(path).read(root)).orElseGet(JsonNodeFactory.instance::objectNode);
        ObjectNode fileTree = tree.deepCopy();
        Environment variables = new Environment(environment, root, LAUNCHER_VARIABLES);
        variables.overlay(tree);
        RecordBinder binder = new RecordBinder(key -> Optional.ofNullable(variables.origin(key))
                .map(variable -> "set by " + variable)
                .or(() -> at(fileTree, key).map(node -> "set in " + yaml.orElseThrow())));
        @SuppressWarnings("unchecked") // the root section was read off an instance of T
        T config = (T) binder.bind(root, tree);
        return config;
    }

    /** The configuration as YAML that {@link #load} reads again; secrets and passwords in URLs are hidden. */
    public static String print(Record config) {
        ObjectNode tree = JsonNodeFactory.instance.objectNode();
        Shape.of(config).forEachLeaf((key, leaf) -> {
            if (leaf.value() != null) {
                Environment.put(tree, key, leaf.type().write(leaf.value()));
            }
        });
        return YamlFile.write(tree);
    }

    /** The keys whose value is not the default, with their values; what {@link #print} hides is hidden here, too. */
    public static <T extends Record> Map<String, String> differences(T config, T defaults) {
        Map<String, Shape.Leaf> standard = new LinkedHashMap<>();
        Shape.of(defaults).forEachLeaf(standard::put);
        Map<String, String> differences = new LinkedHashMap<>();
        Shape.of(config).forEachLeaf((key, leaf) -> {
            if (!Objects.equals(leaf.value(), standard.get(key).value())) {
                differences.put(key, text(leaf));
            }
        });
        return differences;
    }

    /** Every key there is, with type and default. */
    public static List<ConfigKey> keys(Record defaults) {
        List<ConfigKey> keys = new ArrayList<>();
        Shape.of(defaults)
                .forEachLeaf((name, leaf) -> keys.add(new ConfigKey(
                        name, leaf.type().expected(), text(leaf), leaf.type().secret())));
        return keys;
    }

    private static String text(Shape.Leaf leaf) {
        JsonNode node = leaf.value() == null ? null : leaf.type().write(leaf.value());
        return node == null || node.isNull() ? null : node.isValueNode() ? node.asText() : node.toString();
    }

    private static Optional<JsonNode> at(JsonNode tree, String key) {
        JsonNode node = tree;
        for (String name : key.split("\\.", -1)) {
            node = node == null ? null : node.get(name);
        }
        return Optional.ofNullable(node);
    }
}
