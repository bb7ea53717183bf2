// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.gateway.admission.AdmissionOptions;
import dev.sluice.gateway.simulation.SessionLimits;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that hold connections open, on purpose or because they are gone; raw sockets. */
@Timeout(120)
class SlowClientsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final String UPGRADE = String.join(
            "\r\n",
            "GET /v2/realtime/stream HTTP/1.1",
            "Host: localhost",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "",
            "");

    private final GatewayFixture gateway = new GatewayFixture(
            new AdmissionOptions(1_000, 1_000, 3, Duration.ofSeconds(1), Duration.ofSeconds(3), List.of("127.0.0.1")),
            new SessionLimits()
                    .times(Duration.ofSeconds(1), Duration.ofMillis(500))
                    .options(),
            List.of());

    @AfterEach
    void close() {
        gateway.close();
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port());
        socket.setSoTimeout((int) PATIENCE.toMillis());
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** A masked text frame, the mask being zero. */
    private static void sendFrame(Socket socket, JsonObject message) throws IOException {
        byte[] payload = message.toBuffer().getBytes();
        OutputStream out = socket.getOutputStream();
        out.write(new byte[] {(byte) 0x81, (byte) (0x80 | payload.length), 0, 0, 0, 0});
        out.write(payload);
    }

    private static String readHead(Socket socket) throws IOException {
        StringBuilder head = new StringBuilder();
        InputStream in = socket.getInputStream();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                break;
            }
            head.append((char) next);
        }
        return head.toString();
    }

    private static boolean isAtEnd(Socket socket) {
        try {
            return socket.getInputStream().readAllBytes() != null;
        } catch (IOException reset) {
            return true;
        }
    }

    private static boolean takesMore(Socket socket) {
        try {
            send(socket, "x");
            return true;
        } catch (IOException closed) {
            return false;
        }
    }

    private double closedAs(String reason) {
        return gateway.count("sluice.sessions.closed", "reason", reason);
    }

    @Test
    void shouldCloseAConnectionThatNeverSends() throws IOException {
        try (Socket silent = connect()) {
            assertThat(isAtEnd(silent)).isTrue();
        }
        assertThat(gateway.count("sluice.refused", "reason", "slow_head")).isEqualTo(1);
    }

    @Test
    void shouldCloseAConnectionThatSendsItsHeadByteByByte() throws IOException {
        try (Socket slow = connect()) {
            send(slow, "GET /health/live HTTP/1.1\r\nX-Slow: ");
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(100)).until(() -> !takesMore(slow));
        }
        assertThat(gateway.count("sluice.refused", "reason", "slow_head")).isEqualTo(1);
    }

    @Test
    void shouldCloseAConnectionThatSendsItsNextHeadByteByByte() throws IOException {
        try (Socket slow = connect()) {
            send(slow, "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThat(readHead(slow)).startsWith("HTTP/1.1 200");
            send(slow, "GET /health/live HTTP/1.1\r\nX-Slow: ");
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(100)).until(() -> !takesMore(slow));
        }
        assertThat(gateway.count("sluice.refused", "reason", "idle")).isEqualTo(1);
    }

    @Test
    void shouldReapAWebSocketThatVanishedWithoutAWord() throws IOException {
        try (Socket vanishing = connect()) {
            send(vanishing, UPGRADE);
            assertThat(readHead(vanishing)).startsWith("HTTP/1.1 101");
            sendFrame(
                    vanishing,
                    new JsonObject().put("type", "handshake").put("token", "42").put("services", List.of("finance")));
            // From here on it neither reads nor answers; its machine would not even say that nobody listens.
            await().atMost(PATIENCE).until(() -> closedAs("unresponsive") == 1);
            assertThat(isAtEnd(vanishing)).as("the socket is given back").isTrue();
        }
    }

    @Test
    void shouldGiveUpAWebSocketThatDoesNotReadWhatIsSentToIt() throws IOException {
        try (Socket deaf = connect()) {
            send(deaf, UPGRADE.replace("/stream ", "/stream?services=finance&access_token=42:bob "));
            assertThat(readHead(deaf)).startsWith("HTTP/1.1 101");
            await().atMost(PATIENCE)
                    .until(() -> gateway.meter("sluice.sessions.by.transport", "transport", "websocket") == 1);
            for (int i = 0; i < 40; i++) {
                gateway.publish(100, 5_000);
            }
            await().atMost(PATIENCE).until(() -> closedAs("unresponsive") + closedAs("slow_consumer") == 1);
            // It has not read a byte; what the system does not hold is given up with the connection.
            await().atMost(PATIENCE).until(() -> gateway.connections() == 0);
        }
    }

    @Test
    void shouldLeaveLittleToTheSystemOfWhatAClientDoesNotRead() throws IOException {
        try (Socket deaf = new Socket()) {
            deaf.setReceiveBufferSize(16 << 10); // what the client's own machine takes is not the gateway's
            deaf.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), gateway.port()));
            deaf.setSoTimeout((int) PATIENCE.toMillis());
            send(deaf, UPGRADE.replace("/stream ", "/stream?services=finance&access_token=42:bob "));
            assertThat(readHead(deaf)).startsWith("HTTP/1.1 101");
            await().atMost(PATIENCE)
                    .until(() -> gateway.meter("sluice.sessions.by.transport", "transport", "websocket") == 1);
            for (int i = 0; i < 80; i++) {
                gateway.publish(20, 5_000);
            }
            await().atMost(PATIENCE).until(() -> closedAs("unresponsive") + closedAs("slow_consumer") == 1);
        }
        // What waits in the process, what waits in the system, and a frame; unbounded it is more than 4 MiB.
        assertThat(gateway.total("sluice.bytes.delivered")).isBetween(1.0, 800_000.0);
    }

    /** Several polls are asked at once, for one answer would fit into what the system holds for a connection. */
    @Test
    void shouldGiveUpAPollingClientThatDoesNotReadItsAnswers() throws IOException {
        for (int i = 0; i < 4; i++) {
            gateway.publish(100, 5_000);
        }
        String old = "/poll?timeoutMs=20000&services=finance&cursor=finance%3D" + epoch() + "%3A0";
        try (Socket deaf = connect()) {
            send(deaf, get(old).repeat(80));
            await().atMost(PATIENCE).until(() -> gateway.connections() == 1 && polls() > 0);
            // Those whose answers wait for their client have waited for longer than it may take.
            await().atMost(PATIENCE).until(() -> gateway.connections() == 0);
        }
        await().atMost(PATIENCE).until(() -> polls() == 0);
    }

    private double polls() {
        return gateway.meter("sluice.sessions.by.transport", "transport", "poll");
    }

    private String epoch() throws IOException {
        try (Socket socket = connect()) {
            send(socket, get("/poll?services=finance").replace("Host", "Connection: close\r\nHost"));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            JsonObject body = new JsonObject(answer.substring(answer.indexOf("\r\n\r\n") + 4));
            return body.getString("cursor").split("[=:]", 3)[1];
        }
    }

    private static String get(String path) {
        return "GET /v2/realtime" + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer 42:ann\r\n\r\n";
    }

    @Test
    void shouldRefuseMoreStrangersThanItHasRoomForAndTakeThemLater() throws IOException {
        try (Socket first = connect();
                Socket second = connect();
                Socket third = connect();
                Socket fourth = connect()) {
            for (Socket stranger : List.of(first, second, third)) {
                send(stranger, UPGRADE);
                assertThat(readHead(stranger)).startsWith("HTTP/1.1 101");
            }
            // The answer to the third may be here before the session is counted.
            await().atMost(PATIENCE)
                    .until(() -> gateway.meter("sluice.sessions.by.transport", "transport", "websocket") == 3);
            send(fourth, UPGRADE);
            assertThat(readHead(fourth)).startsWith("HTTP/1.1 503").containsIgnoringCase("retry-after:");
            sendFrame(
                    first,
                    new JsonObject().put("type", "handshake").put("token", "42").put("services", List.of()));
            await().atMost(PATIENCE).until(() -> {
                try (Socket again = connect()) {
                    send(again, UPGRADE);
                    return readHead(again).startsWith("HTTP/1.1 101");
                }
            });
        }
    }
}
