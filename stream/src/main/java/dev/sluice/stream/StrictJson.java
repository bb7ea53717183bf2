// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Holds bytes against the JSON that every browser reads: RFC 8259 in UTF-8, no key twice, not too deep. */
final class StrictJson {

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(EventParser.MAX_DEPTH)
                    .maxStringLength(EventParser.MAX_EVENT_BYTES)
                    .maxNumberLength(1000)
                    .build())
            .build();

    private StrictJson() {}

    /**
     * The names of the members of one JSON object.
     *
     * @throws IllegalArgumentException saying what is wrong, when it is none or something stands after it
     */
    static List<String> members(byte[] json) {
        try (JsonParser parser = JSON.createParser(decoded(json))) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("the event must be one JSON object");
            }
            List<String> members = membersOfObject(parser);
            if (parser.nextToken() != null) {
                throw new IllegalArgumentException("there is something after the JSON object");
            }
            return members;
        } catch (StreamConstraintsException e) {
            throw new IllegalArgumentException(
                    "nested more than " + EventParser.MAX_DEPTH + " deep, or a number or name is too long", e);
        } catch (JsonProcessingException e) {
            // Its message would tell which classes of which library read it.
            JsonLocation where = e.getLocation();
            throw new IllegalArgumentException(
                    "not valid JSON: see line " + where.getLineNr() + ", column " + where.getColumnNr(), e);
        } catch (IOException e) {
            throw new IllegalArgumentException("not valid JSON", e);
        }
    }

    private static List<String> membersOfObject(JsonParser parser) throws IOException {
        List<String> members = new ArrayList<>();
        int depth = 1;
        while (depth > 0) {
            JsonToken token = parser.nextToken();
            if (token == null) {
                throw new IllegalArgumentException("the JSON ends too early");
            }
            if (depth == 1 && token == JsonToken.FIELD_NAME) {
                members.add(parser.currentName());
            }
            depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
        }
        return members;
    }

    static boolean isUtf8(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    /**
     * From bytes Jackson would guess UTF-16 and UTF-32, skip a byte order mark and be lenient with some bad UTF-8; the frames are not.
     * So it gets characters to check.
     */
    private static char[] decoded(byte[] json) {
        try {
            CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json));
            return Arrays.copyOf(text.array(), text.limit());
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("the event is not valid UTF-8", e);
        }
    }
}
