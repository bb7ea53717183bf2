// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** Reads a configuration file and holds it against the keys there are. */
final class YamlFile {

    private static final YAMLMapper MAPPER = YAMLMapper.builder(YAMLFactory.builder()
                    .enable(
                            YAMLParser.Feature
                                    .EMPTY_STRING_AS_NULL) // the builder, unlike the constructor, leaves it off
                    .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                    .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
                    .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                    .disable(YAMLGenerator.Feature.SPLIT_LINES)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final Path path;

    YamlFile(Path path) {
        this.path = path;
    }

    /** The file as a tree in which every key is known and every section is a mapping. */
    ObjectNode read(Shape.Section root) {
        JsonNode tree = parse(text());
        if (tree == null || tree.isMissingNode() || tree.isNull()) {
            return JsonNodeFactory.instance.objectNode(); // all of it commented out
        }
        if (!tree.isObject()) {
            throw new ConfigException(path + " must be a mapping of keys to values, as 'log:' with keys below it");
        }
        check(root, (ObjectNode) tree, "", root);
        return (ObjectNode) tree;
    }

    /** The tree as YAML. */
    static String write(JsonNode tree) {
        try {
            return MAPPER.writeValueAsString(tree);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of plain values can be written", e);
        }
    }

    private String text() {
        try {
            return Files.readString(path);
        } catch (NoSuchFileException e) {
            throw new ConfigException("the configuration file " + path + " does not exist");
        } catch (CharacterCodingException e) {
            throw new ConfigException("the configuration file " + path + " is not UTF-8 text");
        } catch (IOException e) {
            throw new ConfigException("the configuration file " + path + " cannot be read: " + e.getMessage());
        }
    }

    private JsonNode parse(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            // Without the excerpt that follows: there may be a secret in it.
            String problem = e.getOriginalMessage().lines().findFirst().orElse("unreadable");
            String place = e.getLocation() == null
                    ? ""
                    : ", line " + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr();
            throw new ConfigException(path + place + ": not valid YAML: " + problem);
        }
    }

    private void check(Shape.Section root, ObjectNode tree, String prefix, Shape.Section section) {
        tree.properties().forEach(entry -> {
            String key = prefix + entry.getKey();
            Shape shape = section.children().get(entry.getKey());
            if (shape == null) {
                throw unknown(root, key, prefix, section);
            }
            if (shape instanceof Shape.Section nested && !entry.getValue().isNull()) {
                if (!entry.getValue().isObject()) {
                    throw new ConfigException(key + " must be a mapping of keys to values, as '"
                            + nested.children().keySet().iterator().next() + ':' + "' below it (set in " + path + ")");
                }
                check(root, (ObjectNode) entry.getValue(), key + ".", nested);
            }
        });
    }

    private ConfigException unknown(Shape.Section root, String key, String prefix, Shape.Section section) {
        Optional<String> nearest = NearestName.of(key, Shape.names(root));
        String hint;
        if (nearest.isPresent() && nearest.get().equals(key)) {
            hint = "write it as nested keys, one a line, without dots";
        } else if (nearest.isPresent()) {
            hint = "did you mean '" + nearest.get() + "'?";
        } else {
            hint = "known "
                    + (prefix.isEmpty() ? "at the top" : "below '" + prefix.substring(0, prefix.length() - 1) + "'")
                    + ": " + String.join(", ", section.children().keySet());
        }
        return new ConfigException("unknown key '" + key + "' in " + path + "; " + hint);
    }
}
