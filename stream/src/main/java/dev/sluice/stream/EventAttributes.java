// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Optional;

/**
 * What names an event that stands in the log: read from its bytes again, for the log keeps nothing beside them. Its data is skipped.
 *
 * @param source the CloudEvents {@code source}
 * @param id the CloudEvents {@code id}, unique within the source
 * @param type the CloudEvents {@code type}
 */
public record EventAttributes(String source, String id, String type) {

    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    /** Of the bytes of an {@link Event}; empty when they are none. Thread-safe. */
    public static Optional<EventAttributes> read(byte[] json) {
        String source = null;
        String id = null;
        String type = null;
        try (JsonParser parser = JSON.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return Optional.empty();
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                switch (name) {
                    case "source" -> source = parser.getText();
                    case "id" -> id = parser.getText();
                    case "type" -> type = parser.getText();
                    default -> parser.skipChildren();
                }
            }
        } catch (IOException e) {
            return Optional.empty();
        }
        return source == null || id == null || type == null
                ? Optional.empty()
                : Optional.of(new EventAttributes(source, id, type));
    }
}
