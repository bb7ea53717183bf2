// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.replay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.sluice.stream.Event;
import dev.sluice.stream.EventParser;
import dev.sluice.stream.InvalidEventException;
import dev.sluice.stream.fuzz.Accepted;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.List;

/** Whatever the parser lets in goes into a frame without another look: the frame is JSON for that, and the event's bytes are in it. */
class EventFrameFuzzTest {

    private static final byte[] OTHER = "{\"id\":\"other\"}".getBytes(UTF_8);

    private final FrameEncoder encoder = new FrameEncoder(1_024, 6);

    @FuzzTest
    void frame(byte[] json) {
        Event event;
        try {
            event = EventParser.parse(json, "acme", "finance");
        } catch (InvalidEventException e) {
            return;
        }
        EventFrame frame = encoder.encode("finance", "e1", 7, List.of(OTHER, event.json(), OTHER), 5, true, true);
        String text = Accepted.utf8(
                Arrays.copyOfRange(frame.bytes(), frame.jsonStart(), frame.jsonStart() + frame.jsonLength()));
        assertThat(text).doesNotContain("\n", "\r").contains("," + new String(event.json(), UTF_8) + ",");
        JsonObject read = new JsonObject(text);
        assertThat(read.getLong("seq")).isEqualTo(9);
        assertThat(read.getJsonArray("events").getJsonObject(1).getString("id")).isEqualTo(event.id());
        assertThat(read.getJsonArray("events").getJsonObject(2).getString("id")).isEqualTo("other");
        Batch batch = Batch.encode(encoder, "finance", "e1", 7, List.of(OTHER, event.json()), new long[] {4, 5}, false);
        assertThat(batch.event(8)).isEqualTo(event.json());
    }
}
