// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.sluice.stream.EventParser;
import dev.sluice.stream.http.Problem;
import dev.sluice.stream.http.ProblemType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Cuts a JSON array into the bytes of its elements, untouched: what a publisher wrote is what subscribers get, numbers and spaces
 * included. The elements themselves are {@link EventParser}'s to check.
 */
final class BatchSlicer {

    /** The most events in a batch. */
    static final int MAX_EVENTS = 1_000;

    private static final JsonFactory JSON = JsonFactory.builder()
            // Names are whatever a publisher makes up: not to be kept for good.
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    // One more than an event may have: the array itself.
                    .maxNestingDepth(EventParser.MAX_DEPTH + 1)
                    .build())
            .build();

    private final byte[] body;
    private final JsonParser parser;
    private final List<byte[]> slices = new ArrayList<>();
    private boolean begun;

    /**
     * Nothing is cut yet.
     *
     * @throws RefusedException when the body is no JSON that could be cut
     */
    BatchSlicer(byte[] body) {
        checkEncoding(body);
        this.body = body;
        try {
            this.parser = JSON.createParser(body);
        } catch (IOException e) {
            throw malformed("not valid JSON");
        }
    }

    /**
     * Cuts off one element more.
     *
     * @return false when there is none left and nothing else either
     * @throws RefusedException telling at which element it went wrong
     */
    boolean next() {
        try {
            return read();
        } catch (StreamConstraintsException e) {
            throw malformed("nested more than " + EventParser.MAX_DEPTH + " deep, or a number or name is too long");
        } catch (JsonProcessingException e) {
            JsonLocation where = e.getLocation();
            throw malformed("not valid JSON: see line " + where.getLineNr() + ", column " + where.getColumnNr()
                    + " of the batch");
        } catch (IOException e) {
            throw malformed("not valid JSON");
        }
    }

    /** What was cut off so far. */
    List<byte[]> slices() {
        return slices;
    }

    /** From the first bytes Jackson would guess UTF-16 and UTF-32, where it knows no byte offsets; in UTF-8 none of them is zero. */
    private static void checkEncoding(byte[] body) {
        for (int i = 0; i < Math.min(4, body.length); i++) {
            if (body[i] <= 0) {
                throw new RefusedException(Problem.of(
                        ProblemType.MALFORMED, "the batch must be a JSON array in UTF-8, without a byte order mark"));
            }
        }
    }

    private boolean read() throws IOException {
        if (!begun && parser.nextToken() != JsonToken.START_ARRAY) {
            throw new RefusedException(Problem.of(ProblemType.MALFORMED, "the batch must be a JSON array of events"));
        }
        begun = true;
        JsonToken token = parser.nextToken();
        if (token == JsonToken.END_ARRAY) {
            if (parser.nextToken() != null) {
                throw new RefusedException(Problem.of(ProblemType.MALFORMED, "there is something after the batch"));
            }
            parser.close();
            return false;
        }
        if (token != JsonToken.START_OBJECT) {
            throw malformed("must be a JSON object");
        }
        if (slices.size() == MAX_EVENTS) {
            throw new RefusedException(Problem.of(
                    ProblemType.TOO_LARGE, "the batch has more than " + MAX_EVENTS + " events, which is the limit"));
        }
        int start = (int) parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        int end = (int) parser.currentLocation().getByteOffset();
        slices.add(Arrays.copyOfRange(body, start, end));
        return true;
    }

    private RefusedException malformed(String what) {
        int index = slices.size();
        return new RefusedException(Problem.of(ProblemType.MALFORMED, "event " + index + " of the batch: " + what)
                .with("index", index));
    }
}
