// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.lang.invoke.MethodType;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * A type with a single value. Text is always accepted and parsed, for that is what the environment holds.
 *
 * @param expected completes "the key must be …"
 * @param alsoFrom which YAML nodes besides text may be such a value
 * @param parse throws an IllegalArgumentException when the text is no such value
 * @param print the node of a value
 * @param secret whether the value is never shown
 */
record ScalarType(
        String expected,
        Predicate<JsonNode> alsoFrom,
        Function<String, Object> parse,
        Function<Object, JsonNode> print,
        boolean secret)
        implements ValueType {

    private static final Map<Class<?>, ScalarType> KNOWN = Map.ofEntries(
            // A number or true without quotes would come back from YAML changed (01 as 1), so text must be text.
            Map.entry(
                    String.class,
                    of("a text (in quotes if it looks like a number)", JsonNode::isTextual, text -> text)),
            Map.entry(
                    boolean.class,
                    of("true or false", JsonNode::isBoolean, ScalarType::parseBoolean)
                            .printedBy(value -> BooleanNode.valueOf((Boolean) value))),
            Map.entry(
                    int.class,
                    of("a whole number", JsonNode::isIntegralNumber, Integer::valueOf)
                            .printedBy(value -> IntNode.valueOf((Integer) value))),
            Map.entry(
                    long.class,
                    of("a whole number", JsonNode::isIntegralNumber, Long::valueOf)
                            .printedBy(value -> LongNode.valueOf((Long) value))),
            Map.entry(
                    double.class,
                    of("a number", JsonNode::isNumber, Double::valueOf)
                            .printedBy(value -> DoubleNode.valueOf((Double) value))),
            Map.entry(
                    Duration.class,
                    of("a duration such as 250ms, 30s, 5m or 1d", JsonNode::isTextual, Durations::parse)
                            .printedBy(value -> TextNode.valueOf(Durations.format((Duration) value)))),
            Map.entry(Path.class, of("a path", JsonNode::isTextual, ScalarType::parsePath)),
            Map.entry(URI.class, of("a URI", JsonNode::isTextual, URI::create)),
            Map.entry(
                    Secret.class,
                    new ScalarType(
                            "a text in quotes",
                            JsonNode::isTextual,
                            Secret::new,
                            value -> TextNode.valueOf(Secret.REDACTED),
                            true)));

    /** The type for a class (boxed or not), or {@code null} if there is none. */
    static ScalarType of(Class<?> type) {
        return type.isEnum()
                ? ofEnum(type)
                : KNOWN.get(MethodType.methodType(type).unwrap().returnType());
    }

    private static ScalarType of(String expected, Predicate<JsonNode> alsoFrom, Function<String, Object> parse) {
        return new ScalarType(
                expected, alsoFrom, parse, value -> TextNode.valueOf(UrlPasswords.redact(value.toString())), false);
    }

    private ScalarType printedBy(Function<Object, JsonNode> print) {
        return new ScalarType(expected, alsoFrom, parse, print, secret);
    }

    private static ScalarType ofEnum(Class<?> type) {
        Map<String, Object> constants = Arrays.stream(type.getEnumConstants())
                .collect(Collectors.toMap(constant -> lower(((Enum<?>) constant).name()), constant -> constant));
        String names = Arrays.stream(type.getEnumConstants())
                .map(constant -> lower(((Enum<?>) constant).name()))
                .collect(Collectors.joining(", "));
        return of("one of " + names, JsonNode::isTextual, text -> {
                    Object constant = constants.get(lower(text));
                    if (constant == null) {
                        throw new IllegalArgumentException("none of " + names);
                    }
                    return constant;
                })
                .printedBy(value -> TextNode.valueOf(lower(((Enum<?>) value).name())));
    }

    @Override
    public Object read(JsonNode node) {
        if (!node.isTextual() && !alsoFrom.test(node)) {
            throw new IllegalArgumentException("not " + expected);
        }
        return parse.apply(node.asText());
    }

    @Override
    public JsonNode write(Object value) {
        return print.apply(value);
    }

    private static Object parseBoolean(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("neither");
        };
    }

    private static Object parsePath(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("empty path");
        }
        return Path.of(text);
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
