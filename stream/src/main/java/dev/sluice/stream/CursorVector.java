// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** The text form of several cursors, {@code finance=e1:12,staff=e1:7}, as queries and {@code Last-Event-ID} carry it. */
public final class CursorVector {

    private CursorVector() {}

    /**
     * Reads a vector; the empty text is the empty vector.
     *
     * @return cursors by service, in the order of the text
     * @throws IllegalArgumentException naming the part that is wrong
     */
    public static Map<String, Cursor> parse(String text) {
        Map<String, Cursor> cursors = new LinkedHashMap<>();
        if (text.isEmpty()) {
            return cursors;
        }
        for (String part : text.split(",", -1)) {
            int equals = part.indexOf('=');
            if (equals < 0 || !StreamKey.isService(part.substring(0, equals))) {
                throw new IllegalArgumentException("cursor vector must look like 'finance=e1:12,staff=e1:7'");
            }
            String service = part.substring(0, equals);
            if (cursors.put(service, Cursor.parse(part.substring(equals + 1))) != null) {
                throw new IllegalArgumentException("cursor vector names the service '" + service + "' twice");
            }
        }
        return cursors;
    }

    /** Writes a vector of positions. */
    public static String format(Map<String, Position> positions) {
        return positions.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining(","));
    }
}
