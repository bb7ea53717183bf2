// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.gateway.admission.AdmissionOptions;
import dev.sluice.gateway.flags.FeatureFlags;
import dev.sluice.gateway.simulation.SessionLimits;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Server-sent events of a real gateway, read by HTTP clients that know nothing of it. */
@Timeout(120)
class SseIT {

    private static final String UPGRADE = String.join(
            "\r\n",
            "GET /v2/realtime/stream HTTP/1.1",
            "Host: localhost",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "",
            "");

    private static final String FINANCE = "/v2/realtime/sse?services=finance";

    private final GatewayFixture gateway = new GatewayFixture(new SessionLimits()
            .times(Duration.ofSeconds(3), Duration.ofMillis(500))
            .slow(100, 3)
            .connections(3, 100, 1_000)
            .options());

    @AfterEach
    void stop() {
        gateway.close();
    }

    private SseClient open(String path, String... headers) throws Exception {
        return SseClient.open(gateway.uri(path + "&access_token=42:ann"), headers);
    }

    private double open() {
        return gateway.meter("sluice.sessions.by.transport", "transport", "sse");
    }

    private static List<Long> range(long from, long to) {
        return LongStream.rangeClosed(from, to).boxed().toList();
    }

    @Test
    void shouldWelcomeAndDeliverWithCursorsAsIds() throws Exception {
        try (SseClient client = open(FINANCE)) {
            assertThat(client.header("content-type")).startsWith("text/event-stream");
            assertThat(client.header("cache-control")).isEqualTo("no-store");
            assertThat(client.header("x-accel-buffering")).isEqualTo("no");
            SseClient.Event subscribed = client.await1("subscribed");
            assertThat(client.events().get(0).name()).isEqualTo("welcome");
            assertThat(client.events().get(0).id()).as("moves no cursor").isNull();
            assertThat(client.retry()).isEqualTo("2000");
            String epoch = subscribed.data().getString("epoch");
            assertThat(subscribed.id()).isEqualTo("finance=" + epoch + ":0");
            gateway.publish(3, 10);
            assertThat(client.awaitSeqs(3)).containsExactly(1L, 2L, 3L);
            assertThat(client.lastId()).isEqualTo("finance=" + epoch + ":3");
            JsonObject frame = client.await1("event").data();
            assertThat(frame.getString("type")).isEqualTo("event");
            assertThat(frame.getJsonArray("events").getJsonObject(0).getString("org"))
                    .isEqualTo("42");
            assertThat(client.await1("heartbeat").id()).isNull();
            assertThat(open()).isEqualTo(1);
        }
        await().untilAsserted(() -> assertThat(open()).isZero());
        assertThat(gateway.count("sluice.sessions.opened", "transport", "sse")).isEqualTo(1);
    }

    @Test
    void shouldGoOnWhereTheBrowserWas() throws Exception {
        String id;
        try (SseClient client = open(FINANCE)) {
            client.await1("subscribed");
            gateway.publish(5, 10);
            client.awaitSeqs(5);
            id = client.lastId();
        }
        gateway.publish(7, 10);
        String stale = id.replaceFirst(":\\d+$", ":1");
        try (SseClient client = open(FINANCE + "&cursor=" + stale, "Last-Event-ID", id)) {
            assertThat(client.awaitSeqs(7)).containsExactlyElementsOf(range(6, 12));
            assertThat(client.await1("subscribed").data().getBoolean("recovered"))
                    .isTrue();
            assertThat(client.await1("subscribed").id())
                    .as("nothing was replayed yet")
                    .isEqualTo(id);
        }
        try (SseClient client = open(FINANCE + "&cursor=" + stale)) {
            assertThat(client.awaitSeqs(11)).containsExactlyElementsOf(range(2, 12));
        }
    }

    @Test
    void shouldSayWhenItCannotGoOn() throws Exception {
        try (SseClient client = open(FINANCE, "Last-Event-ID", "finance=other:7")) {
            JsonObject subscribed = client.await1("subscribed").data();
            assertThat(subscribed.getBoolean("recovered")).isFalse();
            assertThat(subscribed.getString("reason")).isEqualTo("epoch_changed");
        }
    }

    @Test
    void shouldKeepTheCursorsOfAllStreamsInEachId() throws Exception {
        try (SseClient client = open("/v2/realtime/sse?services=finance,staff", "Last-Event-ID", "staff=x1:9")) {
            await().atMost(SseClient.PATIENCE)
                    .until(() -> client.events().stream()
                                    .filter(e -> e.name().equals("subscribed"))
                                    .count()
                            == 2);
            gateway.publish(1, 10);
            client.awaitSeqs(1);
            assertThat(client.lastId()).matches("finance=[A-Za-z0-9]+:1,staff=[A-Za-z0-9]+:0");
            assertThat(client.events().stream().filter(e -> e.id() != null)).allMatch(e -> e.id().contains("staff="));
        }
    }

    @Test
    void shouldShowNothingOfAnotherOrg() throws Exception {
        try (SseClient mine = open(FINANCE);
                SseClient other = SseClient.open(gateway.uri(FINANCE + "&access_token=43:eve"))) {
            mine.await1("subscribed");
            other.await1("subscribed");
            gateway.publish(3, 10);
            mine.awaitSeqs(3);
            other.await1("heartbeat");
            assertThat(other.seqs()).isEmpty();
            assertThat(mine.lastId()).isNotEqualTo(other.lastId());
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "no services | ?access_token=42 | 400 | services",
                "empty services | ?services=&access_token=42 | 400 | services",
                "no name | ?services=Finance!&access_token=42 | 400 | services",
                "bad cursor | ?services=finance&cursor=nonsense&access_token=42 | 400 | cursor vector",
                "bad seq | ?services=finance&cursor=finance%3De1:x&access_token=42 | 400 | seq",
                "no token | ?services=finance | 401 | token",
                "bad token | ?services=finance&access_token=bad | 401 | token",
                "no org | ?services=finance&access_token=admin | 401 | org",
                "other scope | ?services=finance&access_token=writer@42 | 403 | realtime:read",
            })
    void shouldRefuseWithAStatusBeforeTheStreamBegins(String name, String query, int status, String detail)
            throws Exception {
        for (String path : List.of("/v2/realtime/sse", "/v2/realtime/poll")) {
            HttpResponse<InputStream> answer = SseClient.ask(gateway.uri(path + query));
            JsonObject problem = new JsonObject(new String(answer.body().readAllBytes(), StandardCharsets.UTF_8));
            assertThat(answer.statusCode()).as(path).isEqualTo(status);
            assertThat(answer.headers().firstValue("content-type")).hasValue("application/problem+json");
            assertThat(answer.headers().firstValue("www-authenticate").isPresent())
                    .isEqualTo(status == 401);
            assertThat(problem.getString("detail")).contains(detail);
        }
        await().untilAsserted(() ->
                assertThat(gateway.metrics().getInteger("activeConnections")).isZero());
    }

    @Test
    void shouldRefuseMoreConnectionsOfAUserThanAllowed() throws Exception {
        try (SseClient one = open(FINANCE);
                SseClient two = open(FINANCE);
                SseClient three = open(FINANCE)) {
            HttpResponse<InputStream> fourth = SseClient.ask(gateway.uri(FINANCE + "&access_token=42:ann"));
            assertThat(fourth.statusCode()).isEqualTo(429);
            assertThat(fourth.headers().firstValue("retry-after")).isPresent();
            assertThat(new JsonObject(new String(fourth.body().readAllBytes(), StandardCharsets.UTF_8))
                            .getInteger("closeCode"))
                    .isEqualTo(4004);
            assertThat(List.of(one, two, three)).allMatch(client -> client.await1("welcome") != null);
        }
        await().atMost(SseClient.PATIENCE).until(() -> open() == 0);
        open(FINANCE).close();
    }

    @Test
    void shouldEndWithAnErrorEventWhenTheTokenEnds() throws Exception {
        try (SseClient client = SseClient.open(gateway.uri(FINANCE + "&access_token=42:ann:1500"))) {
            JsonObject error = client.await1("error").data();
            assertThat(error.getString("code")).isEqualTo("token_expired");
            assertThat(error.getBoolean("fatal")).isTrue();
            assertThat(error.getInteger("closeCode")).isEqualTo(4002);
            client.awaitEnd();
        }
    }

    @Test
    void shouldSendItsClientsAwayWhenItDrains() throws Exception {
        try (SseClient client = open(FINANCE)) {
            client.await1("subscribed");
            gateway.gateway().drain().await();
            assertThat(client.await1("goaway").data().getString("reason")).isEqualTo("drain");
            assertThat(client.await1("error").data().getInteger("closeCode")).isEqualTo(4005);
            client.awaitEnd();
            HttpResponse<InputStream> next = SseClient.ask(gateway.uri(FINANCE + "&access_token=42:ann"));
            assertThat(next.statusCode()).isEqualTo(503);
            assertThat(next.headers().firstValue("retry-after")).isPresent();
        }
    }

    @Test
    void shouldLetASlowReaderGoWithoutKeepingAnythingForIt() throws Exception {
        try (Socket slow = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
            slow.getOutputStream().write(request(FINANCE + "&access_token=42:bob", "1.1"));
            await().until(() -> open() == 1);
            Matcher head = readUntil(slow, Pattern.compile("id: finance=(\\w+):0"));
            for (int i = 0; i < 40; i++) {
                gateway.publish(100, 5_000);
            }
            await().atMost(SseClient.PATIENCE)
                    .until(() -> gateway.count("sluice.sessions.closed", "reason", "slow_consumer", "transport", "sse")
                            == 1);
            await().until(() -> open() == 0);
            // It has not read a byte; still the connection is given up, with what the system does not hold.
            await().atMost(SseClient.PATIENCE).until(() -> gateway.connections() == 0);
            String rest = new String(slow.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            assertThat(rest.length())
                    .as("what waited for it: the buffers of the system and 64 KiB")
                    .isLessThan(12 << 20);
            Matcher last = Pattern.compile("id: (finance=\\w+:(\\d+))\ndata: \\{[^\n]*\\}\n\n")
                    .matcher(rest);
            String id = "finance=" + head.group(1) + ":0";
            long seq = 0;
            while (last.find()) {
                id = last.group(1);
                seq = Long.parseLong(last.group(2));
            }
            assertThat(seq).as("not all of it went out").isLessThan(4_000);
            try (SseClient resumed = open(FINANCE, "Last-Event-ID", id)) {
                JsonObject subscribed = resumed.await1("subscribed").data();
                if (Boolean.TRUE.equals(subscribed.getBoolean("recovered"))) {
                    assertThat(resumed.awaitSeqs((int) (4_000 - seq))).containsExactlyElementsOf(range(seq + 1, 4_000));
                } else {
                    assertThat(subscribed.getString("reason")).isEqualTo("expired");
                }
            }
        }
    }

    private static byte[] request(String path, String version) {
        return ("GET " + path + " HTTP/" + version + "\r\nHost: localhost\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    private static Matcher readUntil(Socket socket, Pattern pattern) throws IOException {
        StringBuilder read = new StringBuilder();
        while (true) {
            int next = socket.getInputStream().read();
            assertThat(next).as(read.toString()).isNotNegative();
            read.append((char) next);
            Matcher matcher = pattern.matcher(read);
            if (next == '\n' && matcher.find()) {
                return matcher;
            }
        }
    }

    @Test
    void shouldServeProxiesThatSpeakHttp10() throws Exception {
        try (Socket proxy = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
            proxy.getOutputStream().write(request(FINANCE + "&access_token=42:ann:2500", "1.0"));
            readUntil(proxy, Pattern.compile("event: subscribed\n"));
            gateway.publish(1, 10);
            String rest = new String(proxy.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(rest).contains("event: event\nid: finance=").contains("\"closeCode\":4002");
            assertThat(rest).as("no chunk sizes in it").endsWith("}\n\n");
        }
    }

    @Test
    void shouldRefuseATransportThatIsSwitchedOff() throws Exception {
        try (GatewayFixture pollOnly = new GatewayFixture(
                new FeatureFlags(true, 100, List.of("poll")),
                AdmissionOptions.defaults(),
                new SessionLimits().options(),
                List.of())) {
            HttpResponse<InputStream> answer = SseClient.ask(pollOnly.uri(FINANCE + "&access_token=42:ann"));
            assertThat(answer.statusCode()).isEqualTo(403);
            JsonObject problem = new JsonObject(new String(answer.body().readAllBytes(), StandardCharsets.UTF_8));
            assertThat(problem.getString("type")).endsWith("transport_disabled");
            assertThat(problem.getJsonArray("transports")).isEqualTo(new JsonArray().add("poll"));
            assertThat(SseClient.ask(pollOnly.uri("/v2/realtime/poll?services=finance&access_token=42:ann"))
                            .statusCode())
                    .isEqualTo(200);
            try (Socket webSocket = new Socket(InetAddress.getLoopbackAddress(), pollOnly.port())) {
                webSocket.getOutputStream().write(UPGRADE.getBytes(StandardCharsets.US_ASCII));
                assertThat(readUntil(webSocket, Pattern.compile("HTTP/1.1 (\\d+)"))
                                .group(1))
                        .isEqualTo("403");
            }
        }
    }

    @Test
    void shouldLetAllowedPagesReadAnswersAndOthersNot() throws Exception {
        System.setProperty("jdk.httpclient.allowRestrictedHeaders", "origin");
        URI uri = gateway.uri(FINANCE + "&access_token=42:ann");
        HttpResponse<InputStream> foreign = SseClient.ask(uri, "Origin", "https://evil.example");
        assertThat(foreign.statusCode()).isEqualTo(403);
        assertThat(foreign.headers().firstValue("access-control-allow-origin")).isEmpty();
        try (SseClient allowed = open(FINANCE, "Origin", "https://allowed.example")) {
            assertThat(allowed.header("access-control-allow-origin")).isEqualTo("https://allowed.example");
            assertThat(allowed.header("vary")).containsIgnoringCase("origin");
        }
        HttpRequest preflight = HttpRequest.newBuilder(uri)
                .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                .headers("Origin", "https://allowed.example", "Access-Control-Request-Method", "GET")
                .build();
        HttpResponse<Void> answer = HttpClient.newHttpClient().send(preflight, HttpResponse.BodyHandlers.discarding());
        assertThat(answer.statusCode()).isEqualTo(204);
        assertThat(answer.headers().firstValue("access-control-allow-headers").orElse(""))
                .contains("Authorization", "Last-Event-ID");
    }
}
