// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.replay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.stream.Event;
import dev.sluice.stream.EventParser;
import dev.sluice.stream.InvalidEventException;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Which bytes could hurt others: an event is either refused at the door, or stands unchanged in a frame that every client can read, plain
 * and deflated.
 */
class PoisonEventTest {

    private static final int SPACE = EventParser.MAX_EVENT_BYTES - 200;

    private final FrameEncoder encoder = new FrameEncoder(0, 6);

    @AfterEach
    void close() {
        encoder.close();
    }

    private static String event(String data) {
        return "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"org\":\"acme\","
                + "\"service\":\"finance\",\"data\":" + data + "}";
    }

    static Stream<String> odd() {
        return Stream.of(
                "\"\\ud800\"", // half of a surrogate pair, escaped: JSON allows it
                "\"\\udc00\\ud800\"",
                "\"\\u0000\\u001f\\u007f\\ufffe\\uffff\"",
                "\"\u2028\u2029\u202e\ufeff\u200d\"",
                "\"" + "\ud83d\udca9".repeat(1_000) + "\"",
                "\"e" + "\u0301".repeat(5_000) + "\"",
                "1e400",
                "-0.0e-999",
                "9".repeat(999),
                "0." + "1".repeat(900),
                "[".repeat(98) + "]".repeat(98),
                "\"" + "\\\"".repeat(SPACE / 2) + "\"",
                "\"" + "\\u0000".repeat(SPACE / 6) + "\"",
                "\"]},{\\\"type\\\":\\\"goaway\\\"}\"",
                "[" + "{},".repeat(SPACE / 3 - 1) + "{}]",
                "\"" + noise(SPACE) + "\"",
                "{\"__proto__\":{\"type\":\"goaway\"},\"constructor\":null,\"\":0}",
                "{\"a\":1,\n\r\n\t\"b\":2}",
                "null");
    }

    /** Text that hardly deflates. */
    private static String noise(int length) {
        Random random = new Random(1);
        StringBuilder text = new StringBuilder();
        random.ints(length, '#', '[').forEach(text::appendCodePoint);
        return text.toString();
    }

    @ParameterizedTest
    @MethodSource("odd")
    void shouldDeliverUnchangedWhatIsOddButAnEvent(String data) throws DataFormatException {
        checkDelivered(EventParser.parse(event(data).getBytes(UTF_8)));
    }

    private void checkDelivered(Event event) throws DataFormatException {
        byte[] before = EventParser.parse(event("1").getBytes(UTF_8)).json();
        EventFrame frame = encoder.encode("finance", "e1", 1, List.of(before, event.json(), before), 7, false, true);

        String text = new String(frame.bytes(), frame.jsonStart(), frame.jsonLength(), UTF_8);
        assertThat(text)
                .isEqualTo(
                        "{\"type\":\"event\",\"service\":\"finance\",\"epoch\":\"e1\",\"seq\":3,\"timestamp\":7,\"events\":["
                                + new String(before, UTF_8) + "," + new String(event.json(), UTF_8) + ","
                                + new String(before, UTF_8) + "]}");
        assertThat(new JsonObject(text).getJsonArray("events")).hasSize(3);
        assertThat(text).doesNotContain("\n", "\r");
        if (frame.deflated() != null) {
            assertThat(inflated(frame))
                    .isEqualTo(Arrays.copyOfRange(frame.bytes(), frame.jsonStart(), frame.bytes().length));
        }
    }

    private static byte[] inflated(EventFrame frame) throws DataFormatException {
        byte[] bytes = frame.deflated();
        int length = bytes[1] & 0x7f;
        int header = length < 126 ? 2 : length == 126 ? 4 : 10;
        byte[] payload = Arrays.copyOf(Arrays.copyOfRange(bytes, header, bytes.length), bytes.length - header + 4);
        payload[payload.length - 2] = (byte) 0xff;
        payload[payload.length - 1] = (byte) 0xff;
        byte[] out = new byte[frame.jsonLength() + 1];
        Inflater inflater = new Inflater(true);
        inflater.setInput(payload);
        int size = inflater.inflate(out);
        inflater.end();
        return Arrays.copyOf(out, size);
    }

    static Stream<byte[]> poison() {
        return Stream.of(
                event("\"\u0001\"").getBytes(UTF_8),
                event("NaN").getBytes(UTF_8),
                event("Infinity").getBytes(UTF_8),
                event("01").getBytes(UTF_8),
                event("'x'").getBytes(UTF_8),
                event("{\"a\":1,\"a\":2}").getBytes(UTF_8),
                event("9".repeat(1_001)).getBytes(UTF_8),
                event("[".repeat(101) + "]".repeat(101)).getBytes(UTF_8),
                event("\"" + "x".repeat(EventParser.MAX_EVENT_BYTES) + "\"").getBytes(UTF_8),
                event("1}],\"type\":\"goaway\",\"x\":[{\"y\":1").getBytes(UTF_8),
                event("1").getBytes(java.nio.charset.StandardCharsets.UTF_16),
                ("\ufeff" + event("1")).getBytes(UTF_8),
                (event("1") + event("2")).getBytes(UTF_8),
                withBytes(0xed, 0xa0, 0x80), // half of a surrogate pair, as bytes
                withBytes(0xc0, 0xaf),
                withBytes(0xf4, 0x90, 0x80, 0x80),
                withBytes(0xff));
    }

    private static byte[] withBytes(int... bytes) {
        byte[] json = event("\"" + "?".repeat(bytes.length) + "\"").getBytes(UTF_8);
        for (int i = 0; i < bytes.length; i++) {
            json[json.length - 2 - bytes.length + i] = (byte) bytes[i];
        }
        return json;
    }

    @ParameterizedTest
    @MethodSource("poison")
    void shouldRefuseWhatWouldBreakAFrame(byte[] json) {
        assertThatThrownBy(() -> EventParser.parse(json)).isInstanceOf(InvalidEventException.class);
    }

    /** Whatever bytes come: refused in order, or delivered unchanged; nothing else is thrown. */
    @Property(tries = 2_000)
    void shouldRefuseOrDeliverWhateverBytesTheDataHas(@ForAll @Size(max = 40) byte[] data, @ForAll boolean quoted)
            throws DataFormatException {
        byte[] start = event("").getBytes(UTF_8);
        byte[] json = new byte[start.length + data.length + (quoted ? 2 : 0)];
        int at = start.length - 1;
        System.arraycopy(start, 0, json, 0, at);
        if (quoted) {
            json[at++] = '"';
        }
        System.arraycopy(data, 0, json, at, data.length);
        at += data.length;
        if (quoted) {
            json[at++] = '"';
        }
        json[at] = '}';
        Event event;
        try {
            event = EventParser.parse(json);
        } catch (InvalidEventException refused) {
            return;
        }
        checkDelivered(event);
    }
}
