// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.config;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/** The form of a configuration, read off a record and its nested records, with the values that it holds. */
sealed interface Shape {

    /**
     * A key with a value.
     *
     * @param value of the component; {@code null} inside a section that is absent
     */
    record Leaf(ValueType type, Object value) implements Shape {}

    /**
     * A nested record.
     *
     * @param children by component name, in the order of the components
     * @param optional whether the component is an {@link Optional} of the record
     * @param present false when that Optional is empty; the children then stand for the record's {@code defaults()}
     */
    record Section(Class<?> type, Map<String, Shape> children, boolean optional, boolean present) implements Shape {

        /** Calls back for every leaf in it with the dotted key. */
        void forEachLeaf(BiConsumer<String, Leaf> action) {
            forEachLeaf("", true, action);
        }

        private void forEachLeaf(String prefix, boolean shown, BiConsumer<String, Leaf> action) {
            boolean visible = shown && present;
            children.forEach((name, child) -> {
                if (child instanceof Leaf leaf) {
                    action.accept(prefix + name, visible ? leaf : new Leaf(leaf.type(), null));
                } else if (child instanceof Section section) {
                    section.forEachLeaf(prefix + name + ".", visible, action);
                }
            });
        }
    }

    /**
     * Reads the shape of a configuration.
     *
     * @throws IllegalArgumentException if a component has a type that no key can have: a mistake in the program
     */
    static Section of(Record config) {
        return section(config, false, true);
    }

    private static Section section(Record config, boolean optional, boolean present) {
        Map<String, Shape> children = new LinkedHashMap<>();
        for (RecordComponent component : config.getClass().getRecordComponents()) {
            children.put(component.getName(), child(component, call(component.getAccessor(), config)));
        }
        return new Section(config.getClass(), children, optional, present);
    }

    private static Shape child(RecordComponent component, Object value) {
        Type type = component.getGenericType();
        if (value instanceof Record nested && !(value instanceof Secret)) {
            return section(nested, false, true);
        }
        if (value instanceof Optional<?> optional && argument(type, 0) instanceof Class<?> inner && isSection(inner)) {
            return section(
                    (Record) (optional.isPresent() ? optional.get() : defaults(inner)), true, optional.isPresent());
        }
        ValueType valueType = valueType(type);
        if (valueType == null) {
            throw new IllegalArgumentException("no key can have the type of " + component);
        }
        return new Leaf(valueType, value);
    }

    private static boolean isSection(Class<?> type) {
        return type.isRecord() && type != Secret.class;
    }

    private static ValueType valueType(Type type) {
        if (type instanceof Class<?> scalar) {
            return ScalarType.of(scalar);
        }
        Type raw = ((ParameterizedType) type).getRawType();
        if (raw == Map.class) {
            ValueType inner = argument(type, 0) == String.class ? valueType(argument(type, 1)) : null;
            return inner == null ? null : new ContainerTypes.MapOf(inner);
        }
        ValueType inner = valueType(argument(type, 0));
        if (inner == null) {
            return null;
        }
        if (raw == Optional.class) {
            return new ContainerTypes.OptionalOf(inner);
        }
        return raw == List.class
                ? ContainerTypes.ListOf.list(inner)
                : raw == Set.class ? ContainerTypes.ListOf.set(inner) : null;
    }

    private static Type argument(Type type, int index) {
        return ((ParameterizedType) type).getActualTypeArguments()[index];
    }

    /** What the convention for option records promises: {@code static X defaults()}. */
    private static Object defaults(Class<?> type) {
        try {
            return call(type.getDeclaredMethod("defaults"), null);
        } catch (NoSuchMethodException e) {
            throw new IllegalArgumentException(type + " needs a static method defaults()", e);
        }
    }

    private static Object call(Method method, Object target) {
        try {
            method.setAccessible(true); // a public accessor of a package-private record is not callable otherwise
            return method.invoke(target);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalArgumentException(method + " cannot be called", e);
        }
    }

    /** The dotted keys of all leaves. */
    static List<String> names(Section section) {
        List<String> names = new ArrayList<>();
        section.forEachLeaf((name, leaf) -> names.add(name));
        return names;
    }
}
