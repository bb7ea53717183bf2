// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway;

import static dev.sluice.gateway.RawWebSocket.CLOSE;
import static dev.sluice.gateway.RawWebSocket.FIN;
import static dev.sluice.gateway.RawWebSocket.PING;
import static dev.sluice.gateway.RawWebSocket.RSV1;
import static dev.sluice.gateway.RawWebSocket.TEXT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.session.SessionOptions;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.Deflater;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 7692 sections 6 and 7 against a real gateway: messages of the client that are compressed, and what must not be. */
@Timeout(60)
class WebSocketCompressionConformanceIT {

    private static final int COMPRESSED = FIN | RSV1 | TEXT;
    private static final String KEEPS_CONTEXT = "permessage-deflate";
    private static final String KEEPS_NONE = "permessage-deflate; client_no_context_takeover";

    private static GatewayFixture gateway;

    private final Deflater deflater = new Deflater(9, true);

    @BeforeAll
    static void start() {
        gateway = new GatewayFixture(SessionOptions.defaults());
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void shouldInflateEachMessageWhenTheClientKeepsItsContext() {
        try (RawWebSocket ws = RawWebSocket.offering(gateway.port(), KEEPS_CONTEXT)) {
            int first = say(ws, 0);
            for (int i = 1; i < 20; i++) {
                assertThat(say(ws, i)).as("refers back").isLessThan(first);
                // A message that is not compressed is no part of the context.
                ws.text(ping(1_000));
                assertThat(ws.awaitJson("pong").getInteger("t")).isEqualTo(1_000);
            }
        }
    }

    @Test
    void shouldInflateEachMessageWhenTheClientKeepsNoContext() {
        try (RawWebSocket ws = RawWebSocket.offering(gateway.port(), KEEPS_NONE)) {
            for (int i = 0; i < 20; i++) {
                deflater.reset();
                say(ws, i);
            }
        }
    }

    @Test
    void shouldRefuseAMessageThatRefersBackWhenTheClientRenouncedIt() {
        try (RawWebSocket ws = RawWebSocket.offering(gateway.port(), KEEPS_NONE)) {
            say(ws, 0);
            ws.frame(COMPRESSED, deflated(ping(0)));
            assertThat(ws.await(CLOSE).closeCode()).isEqualTo(4500);
        }
    }

    @Test
    void shouldInflateWhenTheCompressedMessageIsInFragments() {
        try (RawWebSocket ws = RawWebSocket.offering(gateway.port(), KEEPS_CONTEXT)) {
            byte[] payload = deflated(ping(7));
            ws.frame(RSV1 | TEXT, new byte[0]);
            for (byte b : payload) {
                ws.frame(0, new byte[] {b}).frame(FIN | PING, "between");
            }
            ws.frame(FIN, new byte[0]);
            assertThat(ws.awaitJson("pong").getInteger("t")).isEqualTo(7);
            say(ws, 8);
        }
    }

    /** Frames that RFC 7692 section 6 does not allow, and messages that are not what they say: head, payload. */
    @ParameterizedTest
    @CsvSource({
        "0xE1, 00, RSV2 beside RSV1",
        "0xD1, 00, RSV3 beside RSV1",
        "0xA1, 00, RSV2",
        "0x91, 00, RSV3",
        "0xC9, 00, RSV1 on a ping",
        "0xCA, 00, RSV1 on a pong",
        "0xC8, 03e8, RSV1 on a close",
        "0xC1, ffffffff, garbage",
        "0xC1, f248cdc9, not flushed",
        "0xC1, 00, an empty message",
        "0xC1, '', an empty message of no bytes",
        "0xC2, 00, a binary message"
    })
    void shouldCloseWith4500WhenAFrameIsNotAsTheExtensionSays(String head, String payload, String name) {
        try (RawWebSocket ws = RawWebSocket.offering(gateway.port(), KEEPS_CONTEXT)) {
            ws.frame(Integer.decode(head), HexFormat.of().parseHex(payload));
            assertThat(ws.awaitJson("error").getBoolean("fatal")).as(name).isTrue();
            assertThat(ws.await(CLOSE).closeCode()).as(name).isEqualTo(4500);
        }
    }

    @Test
    void shouldCloseWith4500WhenAContinuationHasRsv1() {
        try (RawWebSocket ws = RawWebSocket.offering(gateway.port(), KEEPS_CONTEXT)) {
            byte[] payload = deflated(ping(7));
            ws.frame(RSV1 | TEXT, Arrays.copyOf(payload, 3));
            ws.frame(FIN | RSV1, Arrays.copyOfRange(payload, 3, payload.length));
            assertThat(ws.await(CLOSE).closeCode()).isEqualTo(4500);
        }
    }

    @Test
    void shouldCloseWith4500WhenInflatedTextIsNoUtf8() {
        try (RawWebSocket ws = RawWebSocket.offering(gateway.port(), KEEPS_CONTEXT)) {
            ws.frame(COMPRESSED, RawWebSocket.deflate(deflater, new byte[] {'"', (byte) 0xC3, 0x28, '"'}));
            assertThat(ws.await(CLOSE).closeCode()).isEqualTo(4500);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {(64 << 10) + 1, 1 << 20, 64 << 20})
    void shouldCloseWith4503WhenAMessageInflatesToMoreThanTheLimit(int size) {
        try (RawWebSocket ws = RawWebSocket.offering(gateway.port(), KEEPS_CONTEXT)) {
            ws.frame(COMPRESSED, RawWebSocket.deflate(deflater, new byte[size]));
            assertThat(ws.await(CLOSE).closeCode()).isEqualTo(4503);
        }
    }

    @Test
    void shouldSendFramesThatInflateEachByItselfWhenDeflateIsNegotiated() {
        try (RawWebSocket ws = RawWebSocket.offering(gateway.port(), KEEPS_CONTEXT)) {
            ws.text("{\"type\":\"handshake\",\"token\":\"42\",\"services\":[\"finance\"]}");
            ws.awaitJson("subscribed");
            for (int i = 1; i <= 5; i++) {
                gateway.publish(20, 400);
                RawWebSocket.Frame frame = ws.await(TEXT);
                assertThat(frame.head()).isEqualTo(COMPRESSED);
                assertThat(new String(RawWebSocket.inflate(frame.payload()), StandardCharsets.UTF_8))
                        .startsWith("{\"type\":\"event\"")
                        .endsWith("}");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"x-none", "permessage-deflate; server_max_window_bits=10"})
    void shouldSendPlainFramesWhenNoOfferWasAccepted(String offer) {
        try (RawWebSocket ws = RawWebSocket.offering(gateway.port(), offer)) {
            ws.text("{\"type\":\"handshake\",\"token\":\"42\",\"services\":[\"finance\"]}");
            ws.awaitJson("subscribed");
            gateway.publish(20, 400);
            assertThat(ws.await(TEXT).head()).isEqualTo(FIN | TEXT);
        }
    }

    private int say(RawWebSocket ws, int t) {
        byte[] payload = deflated(ping(t));
        ws.frame(COMPRESSED, payload);
        assertThat(ws.awaitJson("pong").getInteger("t")).isEqualTo(t);
        return payload.length;
    }

    private byte[] deflated(String text) {
        return RawWebSocket.deflate(deflater, text.getBytes(StandardCharsets.UTF_8));
    }

    private static String ping(int t) {
        return "{\"type\":\"ping\",\"padding\":\"the quick brown fox jumps over the lazy dog\",\"t\":" + t + "}";
    }
}
