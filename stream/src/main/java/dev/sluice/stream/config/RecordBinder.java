// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;

/** Makes records of a tree: what the tree lacks is taken from the defaults, and the records check themselves. */
final class RecordBinder {

    private static final JsonNode NOTHING = JsonNodeFactory.instance.objectNode();

    private final Function<String, Optional<String>> origins;

    /**
     * With a way to tell where a key was set.
     *
     * @param origins from a dotted key to "set in …", or empty for a default
     */
    RecordBinder(Function<String, Optional<String>> origins) {
        this.origins = origins;
    }

    /** The record of the section; the tree has been checked against it. */
    Object bind(Shape.Section section, JsonNode tree) {
        return bind(section, tree, "");
    }

    private Object bind(Shape.Section section, JsonNode tree, String prefix) {
        Object[] values = section.children().entrySet().stream()
                .map(child -> value(child.getValue(), tree.get(child.getKey()), prefix + child.getKey()))
                .toArray();
        return construct(section.type(), values);
    }

    private Object value(Shape shape, JsonNode node, String key) {
        if (shape instanceof Shape.Section section) {
            return sectionValue(section, node, key);
        }
        Shape.Leaf leaf = (Shape.Leaf) shape;
        if (node == null) {
            return leaf.value();
        }
        try {
            return leaf.type().read(node);
        } catch (IllegalArgumentException e) {
            String value = node.isValueNode() && !node.isNull() ? node.asText() : node.toString();
            throw wrongValue(key, leaf.type(), value, origins.apply(key).orElse("by default"));
        }
    }

    private Object sectionValue(Shape.Section section, JsonNode node, String key) {
        if (!section.optional()) {
            return bind(section, node == null || node.isNull() ? NOTHING : node, key + ".");
        }
        boolean absent = node == null ? !section.present() : node.isNull();
        return absent ? Optional.empty() : Optional.of(bind(section, node == null ? NOTHING : node, key + "."));
    }

    private Object construct(Class<?> type, Object[] values) {
        try {
            Constructor<?> constructor = type.getDeclaredConstructor(Arrays.stream(type.getRecordComponents())
                    .map(RecordComponent::getType)
                    .toArray(Class<?>[]::new));
            constructor.setAccessible(true); // the record may be package-private
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException refused) {
                throw refused(refused.getMessage());
            }
            throw new IllegalStateException(type + " did not accept its values", e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("every record has its canonical constructor: " + type, e);
        }
    }

    /** The records' own messages begin with the key. */
    private ConfigException refused(String message) {
        String key = message.split(" ", 2)[0];
        return new ConfigException(
                message + origins.apply(key).map(origin -> " (" + origin + ")").orElse(""));
    }

    static ConfigException wrongValue(String key, ValueType type, String value, String origin) {
        String found = type.secret() ? "" : ", is '" + UrlPasswords.redact(value) + "'";
        return new ConfigException(key + " must be " + type.expected() + found + " (" + origin + ")");
    }
}
