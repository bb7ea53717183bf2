// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.interfaces;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** YAML as JSON; without aliases, which it would take for texts. */
public final class YamlText {

    private static final YAMLMapper YAML = new YAMLMapper();

    private YamlText() {}

    /** All documents of a text. */
    public static List<JsonObject> parse(String text) {
        try (MappingIterator<JsonNode> all = YAML.readerFor(JsonNode.class).readValues(text)) {
            return all.readAll().stream()
                    .map(document -> new JsonObject(document.toString()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
