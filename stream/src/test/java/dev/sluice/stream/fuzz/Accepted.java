// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.Event;
import dev.sluice.stream.EventParser;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;

/** What must hold of whatever came through a parser. */
public final class Accepted {

    /** So long may a reason be that is shown to whoever sent the input: it is no echo. */
    private static final int MAX_REASON_LENGTH = 1_000;

    private Accepted() {}

    /** An event that a parser let in. */
    public static void event(Event event) {
        assertThat(event.json().length).isBetween(2, EventParser.MAX_EVENT_BYTES);
        assertThat(new String(event.json(), UTF_8)).as("one line").doesNotContain("\n", "\r");
        sameToEveryNode(event.key().org());
        sameToEveryNode(event.source());
        sameToEveryNode(event.id());
        Event again =
                EventParser.parse(event.json(), event.key().org(), event.key().service());
        assertThat(again.key()).isEqualTo(event.key());
        assertThat(again.eventId()).isEqualTo(event.eventId());
        assertThat(again.source()).isEqualTo(event.source());
        assertThat(again.id()).isEqualTo(event.id());
        assertThat(again.json()).isSameAs(event.json());
        String json = new String(event.json(), UTF_8);
        JsonObject frame = new JsonObject("{\"events\":[" + json + "," + json + "]}");
        assertThat(frame.getJsonArray("events").size()).isEqualTo(2);
        assertThat(frame.getJsonArray("events").getJsonObject(1).getString("id"))
                .isEqualTo(event.id());
    }

    /** Text that decides where an event belongs or whether it is new must survive the way to another node. */
    public static void sameToEveryNode(String text) {
        assertThat(new String(text.getBytes(UTF_8), UTF_8)).isEqualTo(text);
    }

    /** A reason that is shown: well-formed, and not the input again. */
    public static void reason(String message) {
        assertThat(message).isNotBlank().hasSizeLessThanOrEqualTo(MAX_REASON_LENGTH);
        sameToEveryNode(message);
    }

    /** Bytes that leave for a browser. */
    public static String utf8(byte[] bytes) {
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new AssertionError("not UTF-8", e);
        }
    }
}
