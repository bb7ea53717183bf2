// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.session.SessionOptions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 6455 section 4.2 against a real gateway: opening handshakes that break one rule each, and what is negotiated. */
@Timeout(60)
class WebSocketHandshakeConformanceIT {

    private static GatewayFixture gateway;

    @BeforeAll
    static void start() {
        gateway = new GatewayFixture(SessionOptions.defaults());
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void shouldAnswerWithTheKeysDigestWhenTheHandshakeKeepsTheRules() {
        try (RawWebSocket ws = RawWebSocket.open(gateway.port())) {
            assertThat(ws.response().status()).isEqualTo(101);
            assertThat(ws.response().headers())
                    .containsEntry("sec-websocket-accept", RawWebSocket.ACCEPT)
                    .doesNotContainKeys("sec-websocket-protocol", "sec-websocket-extensions");
        }
    }

    /** What stands in a good handshake, what is put there instead, and the status of the answer. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Sec-WebSocket-Version: 13|Sec-WebSocket-Version: 12|426",
                "Sec-WebSocket-Version: 13|Sec-WebSocket-Version: 8|426",
                "Sec-WebSocket-Version: 13|Sec-WebSocket-Version: 7|426",
                "Sec-WebSocket-Version: 13|Sec-WebSocket-Version: 0|426",
                "Sec-WebSocket-Version: 13|X-Version: none|426",
                "Upgrade: websocket|Upgrade: h2c|426",
                "Connection: keep-alive, Upgrade|Connection: keep-alive|400",
                "Connection: keep-alive, Upgrade|Connection: no-upgrade|400",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==|X-Key: none|400",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==|Sec-WebSocket-Key: dGhlIHNhbXBsZQ==|400",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==|Sec-WebSocket-Key: ????????????????????????|400",
                "GET |POST |405",
                "HTTP/1.1|HTTP/1.0|400"
            })
    void shouldRefuseWhenTheHandshakeBreaksARule(String good, String bad, int status) {
        String request = RawWebSocket.handshake("Content-Length: 0\r\n").replace(good, bad);
        try (RawWebSocket ws = new RawWebSocket(gateway.port(), request)) {
            assertThat(ws.response().status()).isEqualTo(status);
            assertThat(ws.response().headers()).containsEntry("content-type", "application/problem+json");
            if (good.startsWith("Sec-WebSocket-Version")) {
                assertThat(ws.response().headers()).containsEntry("sec-websocket-version", "13");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"'sluice.v2', true", "'other, sluice.v2', true", "'other', false", "'sluice.v3', false"})
    void shouldSelectOurSubprotocolOnlyWhenItIsOffered(String offered, boolean selected) {
        String request = RawWebSocket.handshake("Sec-WebSocket-Protocol: " + offered + "\r\n");
        try (RawWebSocket ws = new RawWebSocket(gateway.port(), request)) {
            assertThat(ws.response().status()).isEqualTo(101);
            assertThat(ws.response().headers().get("sec-websocket-protocol")).isEqualTo(selected ? "sluice.v2" : null);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "permessage-deflate; client_max_window_bits|permessage-deflate",
                "permessage-deflate; client_no_context_takeover|permessage-deflate; client_no_context_takeover",
                "permessage-deflate; server_max_window_bits=10|",
                "permessage-deflate; server_max_window_bits=x|",
                "permessage-deflate; server_max_window_bits|",
                "permessage-deflate; server_max_window_bits=9, permessage-deflate|permessage-deflate"
            })
    void shouldAnswerOffersAsAccepted(String offer, String answer) {
        try (RawWebSocket ws = RawWebSocket.offering(gateway.port(), offer)) {
            assertThat(ws.response().status()).isEqualTo(101);
            assertThat(ws.response().headers().get("sec-websocket-extensions")).isEqualTo(answer);
        }
    }
}
