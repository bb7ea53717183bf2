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
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Holds bytes against the JSON that every browser reads: RFC 8259 in UTF-8, no key twice, not too deep. */
final class StrictJson {

    private static final JsonFactory JSON = JsonFactory.builder()
            // Names are whatever a publisher makes up. To keep them for later costs more than all the rest, and they
            // would be kept for good.
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(EventParser.MAX_DEPTH)
                    .maxStringLength(EventParser.MAX_EVENT_BYTES)
                    .maxNumberLength(1000)
                    .build())
            .build();

    private static final int ENVELOPE_LENGTH = 512;

    /** Of this thread, for the text that is being checked, less than twice as long as the longest event; only what was written for it is read. */
    private static final ThreadLocal<char[]> TEXT = ThreadLocal.withInitial(() -> new char[0]);

    private StrictJson() {}

    /**
     * One JSON object that is well-formed.
     *
     * @param members the names of its members
     * @param envelope the object, but with an empty value of the same kind in the place of {@code data}: enough to read all the rest of it
     */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    record Checked(List<String> members, byte[] envelope) {}

    /**
     * Checks one JSON object.
     *
     * @throws IllegalArgumentException saying what is wrong, when it is none or something stands after it
     */
    static Checked check(byte[] json) {
        char[] text = roomFor(json.length);
        int length = decode(json, text);
        try (JsonParser parser = JSON.createParser(text, 0, length)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException("the event must be one JSON object");
            }
            StringBuilder envelope = new StringBuilder(ENVELOPE_LENGTH);
            List<String> members = membersOfObject(parser, text, envelope);
            if (parser.nextToken() != null) {
                throw new IllegalArgumentException("there is something after the JSON object");
            }
            return new Checked(members, envelope.toString().getBytes(StandardCharsets.UTF_8));
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

    private static List<String> membersOfObject(JsonParser parser, char[] text, StringBuilder envelope)
            throws IOException {
        List<String> members = new ArrayList<>();
        int copied = 0;
        JsonToken token = next(parser);
        while (token != JsonToken.END_OBJECT) {
            if (members.size() == EventParser.MAX_ATTRIBUTES) {
                throw new IllegalArgumentException(
                        "the event has more than " + EventParser.MAX_ATTRIBUTES + " attributes");
            }
            String name = parser.currentName();
            members.add(name);
            JsonToken value = next(parser);
            int start = offset(parser);
            if (value.isStructStart()) {
                skip(parser);
            }
            token = next(parser);
            if (name.equals("data")) {
                envelope.append(text, copied, start - copied).append(emptyOf(value));
                copied = offset(parser);
                if (token == JsonToken.FIELD_NAME) {
                    envelope.append(','); // the one after the value was left out with it
                }
            }
        }
        envelope.append(text, copied, offset(parser) + 1 - copied);
        return members;
    }

    /** Where the current token begins. */
    private static int offset(JsonParser parser) {
        return (int) parser.currentTokenLocation().getCharOffset();
    }

    private static String emptyOf(JsonToken value) {
        return switch (value) {
            case START_OBJECT -> "{}";
            case START_ARRAY -> "[]";
            case VALUE_STRING -> "\"\"";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "0";
            default -> value.asString();
        };
    }

    /** To the end of the array or object that begins with the current token. */
    private static void skip(JsonParser parser) throws IOException {
        for (int depth = 1; depth > 0; ) {
            JsonToken token = next(parser);
            depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
        }
    }

    private static JsonToken next(JsonParser parser) throws IOException {
        JsonToken token = parser.nextToken();
        if (token == null) {
            throw new IllegalArgumentException("the JSON ends too early");
        }
        return token;
    }

    private static char[] roomFor(int characters) {
        char[] text = TEXT.get();
        if (text.length < characters) {
            text = new char[Math.max(characters, 2 * text.length)];
            TEXT.set(text);
        }
        return text;
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
     *
     * @return how many characters it has
     */
    private static int decode(byte[] json, char[] text) {
        for (int i = 0; i < json.length; i++) {
            if (json[i] < 0) {
                return decodeAll(json, text);
            }
            text[i] = (char) json[i];
        }
        return json.length;
    }

    private static int decodeAll(byte[] json, char[] text) {
        CharBuffer into = CharBuffer.wrap(text);
        // There is room: no byte makes more than one character.
        CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json), into, true);
        if (result.isError()) {
            throw new IllegalArgumentException("the event is not valid UTF-8");
        }
        return into.position();
    }
}
