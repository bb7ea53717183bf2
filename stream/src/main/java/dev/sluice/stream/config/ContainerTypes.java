// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The types that hold other values: optional, list, set and map. A later source replaces a list or map as a whole. */
final class ContainerTypes {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private ContainerTypes() {}

    /** Absent is {@code null} in YAML and the empty text in the environment. */
    record OptionalOf(ValueType inner) implements ValueType {

        @Override
        public String expected() {
            return inner.expected();
        }

        @Override
        public Object read(JsonNode node) {
            return node.isNull() ? Optional.empty() : Optional.of(inner.read(node));
        }

        @Override
        public JsonNode fromText(String text) {
            return text.isEmpty() ? NullNode.instance : inner.fromText(text);
        }

        @Override
        public JsonNode write(Object value) {
            return ((Optional<?>) value).<JsonNode>map(inner::write).orElse(NullNode.instance);
        }

        @Override
        public boolean secret() {
            return inner.secret();
        }
    }

    /** Unmodifiable, in the order written; with commas between in the environment. */
    record ListOf(ValueType inner, Function<List<Object>, Collection<Object>> copy) implements ValueType {

        static ListOf list(ValueType inner) {
            return new ListOf(inner, List::copyOf);
        }

        static ListOf set(ValueType inner) {
            return new ListOf(inner, values -> Collections.unmodifiableSet(new LinkedHashSet<>(values)));
        }

        @Override
        public String expected() {
            return "a list, each element " + inner.expected();
        }

        @Override
        public Object read(JsonNode node) {
            if (!node.isArray()) {
                throw new IllegalArgumentException("not a list");
            }
            List<Object> values = new ArrayList<>(node.size());
            node.forEach(element -> values.add(inner.read(element)));
            return copy.apply(values);
        }

        @Override
        public JsonNode fromText(String text) {
            ArrayNode array = NODES.arrayNode();
            split(text).forEach(part -> array.add(inner.fromText(part)));
            return array;
        }

        @Override
        public JsonNode write(Object value) {
            ArrayNode array = NODES.arrayNode();
            ((Collection<?>) value).forEach(element -> array.add(inner.write(element)));
            return array;
        }

        @Override
        public boolean secret() {
            return inner.secret();
        }
    }

    /** From text to values, unmodifiable, in the order written; {@code a=1,b=2} in the environment. */
    record MapOf(ValueType inner) implements ValueType {

        @Override
        public String expected() {
            return "a mapping, each value " + inner.expected();
        }

        @Override
        public Object read(JsonNode node) {
            if (!node.isObject()) {
                throw new IllegalArgumentException("not a mapping");
            }
            Map<String, Object> values = new LinkedHashMap<>();
            node.properties().forEach(entry -> values.put(entry.getKey(), inner.read(entry.getValue())));
            return Collections.unmodifiableMap(values);
        }

        @Override
        public JsonNode fromText(String text) {
            ObjectNode object = NODES.objectNode();
            for (String part : split(text)) {
                int equals = part.indexOf('=');
                if (equals < 1) {
                    throw new IllegalArgumentException("no name before =");
                }
                object.set(
                        part.substring(0, equals).strip(),
                        inner.fromText(part.substring(equals + 1).strip()));
            }
            return object;
        }

        @Override
        public JsonNode write(Object value) {
            ObjectNode object = NODES.objectNode();
            ((Map<?, ?>) value).forEach((name, element) -> object.set((String) name, inner.write(element)));
            return object;
        }

        @Override
        public boolean secret() {
            return inner.secret();
        }
    }

    private static List<String> split(String text) {
        if (text.isBlank()) {
            return List.of();
        }
        List<String> parts = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            parts.add(part.strip());
        }
        return parts;
    }
}
