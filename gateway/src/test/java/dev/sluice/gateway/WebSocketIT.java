// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.gateway.interfaces.FrameContract;
import dev.sluice.gateway.session.SessionOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.http.WebSocketFrame;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The WebSocket door over real sockets: what only a real connection can show. */
@Timeout(60)
class WebSocketIT {

    private static final Duration PATIENCE = Duration.ofSeconds(8);

    private GatewayFixture gateway;

    @BeforeEach
    void start() {
        SessionOptions d = SessionOptions.defaults();
        gateway = new GatewayFixture(new SessionOptions(
                d.handshakeTimeout(),
                d.heartbeat(),
                100,
                3,
                d.tokenWarning(),
                d.maxSubscriptions(),
                16 << 10,
                d.messagesPerSecond(),
                d.messageBurst(),
                d.writeBufferBytes(),
                d.sendBufferBytes(),
                Duration.ofMillis(500),
                d.maxConnectionsPerUser(),
                d.maxPollsPerUser(),
                d.maxConnectionsPerOrg(),
                d.maxConnectionsPerAddress(),
                d.maxSessions()));
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    @Test
    void shouldDeliverInOrderWhenPublished() {
        Client client = connect(false).handshake("42", "latest");
        for (int i = 0; i < 50; i++) {
            gateway.publish(3, 10);
        }
        client.awaitEvents(150);
        assertThat(client.seqs())
                .isSorted()
                .doesNotHaveDuplicates()
                .hasSize(150)
                .contains(1L, 150L);
    }

    @Test
    void shouldDeliverWithinAboutASecondWhenThePushIsLost() {
        Client client = connect(false).handshake("42", "latest");
        gateway.publish(5, 10, false);
        client.awaitEvents(5);
        assertThat(client.seqs()).containsExactly(1L, 2L, 3L, 4L, 5L);
    }

    @Test
    void shouldReplayWhatWasMissedWhenACursorIsGiven() {
        connect(false).handshake("42", "latest");
        gateway.publish(120, 10);
        Client client = connect(false);
        String epoch =
                connect(false).handshake("42", "latest").frame("subscribed").getString("epoch");
        client.handshake("42", new JsonObject().put("epoch", epoch).put("seq", 20));
        client.awaitEvents(100);
        assertThat(client.frame("subscribed").getBoolean("recovered")).isTrue();
        assertThat(client.frame("subscribed").getInteger("replayed")).isEqualTo(100);
        assertThat(client.seqs()).startsWith(21L).endsWith(120L).hasSize(100);
        assertThat(client.frame("event").getBoolean("replay")).isTrue();
    }

    @Test
    void shouldSendDeflatedBatchesOthersCanReadOnTheirOwnWhenCompressionIsNegotiated() {
        Client deflating = connect(true).handshake("42", "latest");
        Client plain = connect(false).handshake("42", "latest");
        for (int i = 0; i < 10; i++) {
            gateway.publish(20, 200);
            deflating.awaitEvents(20 * (i + 1));
            // A control frame between two deflated ones must not disturb the client's inflater.
            deflating.send(new JsonObject().put("type", "ping").put("t", i));
        }
        plain.awaitEvents(200);
        assertThat(deflating.seqs()).isEqualTo(plain.seqs());
        JsonObject metrics = gateway.metrics();
        assertThat(metrics.getLong("compressedMessages")).isPositive();
    }

    @Test
    void shouldCloseWith4503WhenAMessageIsTooLarge() {
        Client client = connect(false).handshake("42", "latest");
        client.send(new JsonObject().put("type", "ping").put("t", "x".repeat(20_000)));
        client.awaitClose(4503);
    }

    @Test
    void shouldCloseWith4503WhenAFrameIsTooLargeToBeRead() {
        Client client = connect(false).handshake("42", "latest");
        client.send(new JsonObject().put("type", "ping").put("t", "x".repeat(60_000)));
        client.awaitClose(4503);
    }

    @Test
    void shouldCloseWith4503WhenFragmentsAddUpToTooMuch() {
        Client client = connect(false).handshake("42", "latest");
        client.socket.writeFrame(WebSocketFrame.textFrame("x".repeat(10_000), false));
        client.socket.writeFrame(WebSocketFrame.continuationFrame(Buffer.buffer("x".repeat(10_000)), true));
        client.awaitClose(4503);
    }

    @Test
    void shouldCloseWith4500WhenABinaryFrameComes() {
        Client client = connect(false).handshake("42", "latest");
        client.socket.writeFinalBinaryFrame(Buffer.buffer("{}"));
        client.awaitClose(4500);
    }

    @Test
    void shouldCloseWith4500WhenTextIsNotUtf8() {
        Client client = connect(false).handshake("42", "latest");
        client.socket.writeFrame(WebSocketFrame.textFrame("{\"a\":\"", false));
        client.socket.writeFrame(
                WebSocketFrame.continuationFrame(Buffer.buffer(new byte[] {(byte) 0xC3, (byte) 0x28}), true));
        client.awaitClose(4500);
    }

    @Test
    void shouldAcceptAndCloseWith4501WhenTheTokenIsBad() {
        Client client = connect(false);
        client.send(
                new JsonObject().put("type", "handshake").put("token", "bad").put("services", new JsonArray()));
        client.awaitClose(4501);
        assertThat(client.frame("error").getBoolean("fatal")).isTrue();
    }

    @Test
    void shouldTakeTheHandshakeFromTheQueryWhenServicesAreGivenThere() {
        gateway.publish(3, 0);
        Client client = new Client(new WebSocketConnectOptions()
                .setPort(gateway.port())
                .setHost("127.0.0.1")
                .setURI("/v2/realtime/stream?access_token=42&services=finance&lastSeq=1"));
        client.awaitEvents(2);
        assertThat(client.seqs()).containsExactly(2L, 3L);
    }

    @Test
    void shouldRefuseTheUpgradeWhenTheOriginIsForeign() {
        assertThatThrownBy(() -> new Client(options().addHeader("origin", "https://evil.example")))
                .isInstanceOfSatisfying(UpgradeRejectedException.class, e -> assertThat(e.getStatus())
                        .isEqualTo(403));
        new Client(options().addHeader("origin", "https://allowed.example")).handshake("42", "latest");
        new Client(options().addHeader("origin", "http://127.0.0.1:" + gateway.port())).handshake("42", "latest");
    }

    @Test
    void shouldKeepServingOthersAndCloseWith4001WhenAClientStopsReading() {
        Client slow = connect(false).handshake("42", "latest");
        Client quick = connect(false).handshake("42", "latest");
        slow.socket.pause();
        for (int i = 0; i < 100; i++) {
            gateway.publish(20, 4_000);
            quick.awaitEvents(20 * (i + 1));
        }
        Awaitility.await().atMost(PATIENCE).until(() -> gateway.metrics().getInteger("slowConsumersDisconnected") == 1);
        assertThat(quick.seqs()).hasSize(2_000).isSorted();
        Awaitility.await().atMost(PATIENCE).until(() -> gateway.metrics().getInteger("activeConnections") == 1);
        slow.socket.resume();
        // What it got before it was closed is whole and in order: its cursor is good.
        assertThat(slow.seqs()).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void shouldReadOnInOrderWhenASlowClientReadsAgain() {
        Client slow = connect(false).handshake("42", "latest");
        slow.socket.pause();
        for (int i = 0; i < 60; i++) {
            gateway.publish(10, 8_000);
        }
        slow.socket.resume();
        slow.awaitEvents(600);
        assertThat(slow.seqs()).hasSize(600).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void shouldSendSessionsAwayInTheirSlotsWhenDraining() {
        Client first = connect(false).handshake("42", "latest");
        Client second = connect(false).handshake("42", "latest");
        gateway.gateway().drain().await();
        first.awaitClose(4005);
        second.awaitClose(4005);
        long[] slots = Stream.of(first, second)
                .mapToLong(client -> client.frame("goaway").getLong("reconnectAfterMs"))
                .sorted()
                .toArray();
        assertThat(slots[0]).isBetween(0L, 200L);
        assertThat(slots[1]).isBetween(200L, 400L);
        assertThatThrownBy(() -> connect(false))
                .isInstanceOfSatisfying(UpgradeRejectedException.class, e -> assertThat(e.getStatus())
                        .isEqualTo(503));
    }

    private WebSocketConnectOptions options() {
        return new WebSocketConnectOptions()
                .setPort(gateway.port())
                .setHost("127.0.0.1")
                .setURI("/v2/realtime/stream")
                .addSubProtocol("sluice.v2");
    }

    private Client connect(boolean compression) {
        return new Client(options(), compression);
    }

    /** One connection that writes down what it gets. */
    private final class Client {
        private final List<JsonObject> frames = new ArrayList<>();
        private final List<Long> seqs = new ArrayList<>();
        /** Held as long as the socket: Vert.x closes the connections of a client that has been collected. */
        private final WebSocketClient http;

        private final WebSocket socket;

        Client(WebSocketConnectOptions options) {
            this(options, false);
        }

        Client(WebSocketConnectOptions options, boolean compression) {
            http = gateway.vertx()
                    .createWebSocketClient(new WebSocketClientOptions()
                            .setTryUsePerMessageCompression(compression)
                            .setMaxFrameSize(1 << 20)
                            .setMaxMessageSize(1 << 20));
            var connecting = http.webSocket().textMessageHandler(this::onText);
            socket = connecting.connect(options).await();
        }

        Client handshake(String token, Object cursor) {
            send(new JsonObject()
                    .put("type", "handshake")
                    .put("token", token)
                    .put("services", new JsonArray().add("finance"))
                    .put("cursors", new JsonObject().put("finance", cursor)));
            Awaitility.await().atMost(PATIENCE).until(() -> has(frame -> "subscribed".equals(frame.getString("type"))));
            return this;
        }

        void send(JsonObject frame) {
            socket.writeTextMessage(frame.encode());
        }

        private synchronized void onText(String text) {
            JsonObject frame = new JsonObject(text);
            frames.add(frame);
            if ("event".equals(frame.getString("type"))) {
                int count = frame.getJsonArray("events").size();
                for (int i = 1; i <= count; i++) {
                    seqs.add(frame.getLong("seq") - count + i);
                }
            }
        }

        synchronized boolean has(Predicate<JsonObject> predicate) {
            frames.forEach(FrameContract::check);
            return frames.stream().anyMatch(predicate);
        }

        synchronized JsonObject frame(String type) {
            return frames.stream()
                    .filter(frame -> type.equals(frame.getString("type")))
                    .findFirst()
                    .orElseThrow();
        }

        synchronized List<Long> seqs() {
            return List.copyOf(seqs);
        }

        void awaitEvents(int count) {
            Awaitility.await().atMost(PATIENCE).until(() -> seqs().size() >= count);
        }

        void awaitClose(int code) {
            Awaitility.await().atMost(PATIENCE).until(socket::isClosed);
            assertThat(socket.closeStatusCode()).isEqualTo((short) code);
        }
    }
}
