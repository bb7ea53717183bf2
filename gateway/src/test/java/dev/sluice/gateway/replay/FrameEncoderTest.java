// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.simulation.FrameBytes;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameEncoderTest {

    private static final int THRESHOLD = 1_024;

    private final FrameEncoder encoder = new FrameEncoder(THRESHOLD, 6);

    @AfterEach
    void free() {
        encoder.close();
    }

    @Test
    void shouldWriteTheFrameOfTheProtocolWhenLive() {
        EventFrame frame = encode(List.of("{\"a\":1}", "{\"b\":\"ä\"}"), false);
        assertThat(json(frame))
                .isEqualTo("{\"type\":\"event\",\"service\":\"finance\",\"epoch\":\"e1\",\"seq\":11,\"timestamp\":99,"
                        + "\"events\":[{\"a\":1},{\"b\":\"ä\"}]}");
        assertThat(frame.firstSeq()).isEqualTo(10);
        assertThat(frame.lastSeq()).isEqualTo(11);
        assertThat(frame.size()).isEqualTo(2);
        assertThat(frame.timestamp()).isEqualTo(99);
    }

    @Test
    void shouldSayThatItIsAReplayWhenItIsOne() {
        JsonObject frame = new JsonObject(json(encode(List.of("{}"), true)));
        assertThat(frame.getBoolean("replay")).isTrue();
        assertThat(frame.getLong("seq")).isEqualTo(10);
        assertThat(frame.getJsonArray("events")).isEqualTo(new JsonArray("[{}]"));
    }

    /** Lengths at which the header takes another form (RFC 6455 section 5.2). */
    @ParameterizedTest
    @CsvSource({"125, 2", "126, 4", "127, 4", "65535, 4", "65536, 10", "65537, 10"})
    void shouldHaveTheShortestHeaderWhenTheLengthIsAtAnEdge(int jsonLength, int headerLength) {
        EventFrame frame = encode(List.of(eventForJsonOf(jsonLength)), false);
        assertThat(frame.jsonLength()).isEqualTo(jsonLength);
        assertThat(frame.jsonStart() - frame.frameStart()).isEqualTo(headerLength);
        assertThat(FrameBytes.plain(frame).getLong("seq")).isEqualTo(10);
    }

    @ParameterizedTest
    @ValueSource(ints = {125, 126, 65_535, 65_536})
    void shouldFrameSmallMessagesAlikeWhenTheyAreNotEvents(int length) {
        byte[] json = ("\"" + "x".repeat(length - 2) + "\"").getBytes(StandardCharsets.UTF_8);
        byte[] frame = WebSocketFraming.textFrame(json);
        assertThat(frame[0]).isEqualTo((byte) 0x81);
        assertThat(frame).endsWith(json).hasSize(length + (length < 126 ? 2 : length < 65_536 ? 4 : 10));
    }

    @Test
    void shouldInflateByItselfWhenDeflated() {
        List<EventFrame> frames = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            frames.add(encode(manyEvents(40, i), i == 3));
        }
        // Backwards, each with an inflater of its own: none may refer to one before.
        for (int i = 4; i >= 0; i--) {
            assertThat(frames.get(i).deflated())
                    .isNotNull()
                    .hasSizeLessThan(frames.get(i).jsonLength());
            assertThat(FrameBytes.inflated(frames.get(i).deflated())).isEqualTo(new JsonObject(json(frames.get(i))));
        }
    }

    @Test
    void shouldDeflateToTheSameBytesWhenTheSameIsEncodedAgain() {
        byte[] first = encode(manyEvents(40, 1), false).deflated();
        assertThat(encode(manyEvents(40, 2), false)).isNotNull();
        assertThat(encode(manyEvents(40, 1), false).deflated()).isEqualTo(first);
    }

    @Test
    void shouldDeflateFromTheThresholdOnWhenAReceiverTakesIt() {
        EventFrame under = encode(List.of(eventForJsonOf(THRESHOLD - 1)), false);
        EventFrame at = encode(List.of(eventForJsonOf(THRESHOLD)), false);
        assertThat(under.deflated()).isNull();
        assertThat(at.deflated()).isNotNull();
        assertThat(FrameBytes.inflated(at.deflated())).isEqualTo(FrameBytes.plain(at));
    }

    @Test
    void shouldNotDeflateWhenNobodyTakesIt() {
        EventFrame frame = encoder.encode("finance", "e1", 10, bytes(manyEvents(40, 0)), 99, false, false);
        assertThat(frame.deflated()).isNull();
        assertThat(frame.footprint()).isEqualTo(frame.bytes().length);
    }

    /** Around the size of the deflater's own buffer, and over several of its doublings; text that hardly deflates. */
    @ParameterizedTest
    @ValueSource(ints = {8_000, 10_900, 10_920, 10_940, 16_384, 100_000, 500_000})
    void shouldInflateWhenTheMessageIsLong(int size) {
        Random random = new Random(size);
        for (int extra = 0; extra < 16; extra++) {
            StringBuilder text = new StringBuilder("{\"t\":\"");
            for (int i = 0; i < size + extra; i++) {
                text.append((char) ('0' + random.nextInt(75)));
            }
            String event = text.append("\"}").toString().replace('\\', '/');
            EventFrame frame = encode(List.of(event), false);
            assertThat(frame.deflated()).isNotNull();
            assertThat(FrameBytes.inflated(frame.deflated())).isEqualTo(FrameBytes.plain(frame));
        }
    }

    @Test
    void shouldGoPlainWhenDeflatingMakesItNoSmaller() {
        byte[] noise = new byte[5_000];
        new Random(3).nextBytes(noise);
        FrameDeflater deflater = new FrameDeflater(6);
        assertThat(deflater.deflate(noise, 0, noise.length)).isNull();
        deflater.close();
    }

    @Test
    void shouldCutEveryEventBackOutWhenABatchIsRead() {
        List<byte[]> events = bytes(manyEvents(100, 5));
        long[] timestamps = new long[100];
        Arrays.setAll(timestamps, i -> 1_000 + i);
        Batch batch = Batch.encode(encoder, "finance", "e1", 201, events, timestamps, true);
        for (int i = 0; i < 100; i++) {
            assertThat(batch.event(201 + i)).isEqualTo(events.get(i));
            assertThat(batch.timestamp(201 + i)).isEqualTo(1_000 + i);
        }
        assertThat(batch.firstSeq()).isEqualTo(201);
        assertThat(batch.lastSeq()).isEqualTo(300);
        assertThat(batch.contains(200)).isFalse();
        assertThat(batch.contains(201)).isTrue();
        assertThat(batch.contains(300)).isTrue();
        assertThat(batch.contains(301)).isFalse();
        assertThat(batch.isDeflated()).isTrue();
        assertThat(batch.footprint())
                .isGreaterThan(batch.frame().bytes().length + batch.frame().deflated().length);
    }

    private EventFrame encode(List<String> events, boolean replay) {
        return encoder.encode("finance", "e1", 10, bytes(events), 99, replay, true);
    }

    private static List<byte[]> bytes(List<String> events) {
        return events.stream()
                .map(event -> event.getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    private static String json(EventFrame frame) {
        return new String(frame.bytes(), frame.jsonStart(), frame.jsonLength(), StandardCharsets.UTF_8);
    }

    /** One event such that the whole JSON has the wanted length. */
    private String eventForJsonOf(int length) {
        int rest = encoder.encode("finance", "e1", 10, bytes(List.of("{\"a\":\"\"}")), 99, false, false)
                .jsonLength();
        return "{\"a\":\"" + "x".repeat(length - rest) + "\"}";
    }

    private static List<String> manyEvents(int count, int flavour) {
        List<String> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            events.add(
                    "{\"id\":\"" + flavour + "-" + i + "\",\"type\":\"finance.revenue.created\",\"source\":\"/test\"}");
        }
        return events;
    }
}
