// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.sluice.gateway.session.SessionOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** {@code GET} and {@code PUT /v2/realtime/config} on one node. */
@Timeout(60)
class FlagsIT {

    private static final String POLL_ONLY = "{\"realtime\":false,\"rolloutPercent\":10,\"transports\":[\"poll\"]}";

    private final GatewayFixture gateway = new GatewayFixture(SessionOptions.defaults());
    private final HttpClient http = HttpClient.newHttpClient();

    @AfterEach
    void stop() {
        gateway.close();
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder config() {
        return HttpRequest.newBuilder(gateway.uri("/v2/realtime/config")).timeout(Duration.ofSeconds(20));
    }

    private HttpResponse<String> put(String token, String body) throws Exception {
        HttpRequest.Builder request = config().PUT(HttpRequest.BodyPublishers.ofString(body));
        return send(token == null ? request : request.header("Authorization", "Bearer " + token));
    }

    private JsonObject get() throws Exception {
        return new JsonObject(send(config()).body());
    }

    @Test
    void shouldOfferEverythingUntilItIsChanged() throws Exception {
        assertThat(get())
                .isEqualTo(new JsonObject()
                        .put("realtime", true)
                        .put("rolloutPercent", 100)
                        .put(
                                "transports",
                                new JsonArray().add("websocket").add("sse").add("poll"))
                        .put("heartbeatMs", 25_000));
    }

    @ParameterizedTest
    @CsvSource({"admin", "admin@42"})
    void shouldTellOpenSessionsAndLaterOnes(String token) throws Exception {
        Frames open = connect();
        open.only("welcome");
        HttpResponse<String> answer = put(token, POLL_ONLY);
        assertThat(answer.statusCode()).isEqualTo(200);
        JsonObject flags = new JsonObject(POLL_ONLY);
        assertThat(new JsonObject(answer.body())).isEqualTo(flags.copy().put("heartbeatMs", 25_000));
        assertThat(open.only("flags")).isEqualTo(flags.copy().put("type", "flags"));
        assertThat(get()).isEqualTo(flags.copy().put("heartbeatMs", 25_000));
        assertThat(put(token, POLL_ONLY.replace("[", "[\"websocket\",")).statusCode())
                .isEqualTo(200);
        assertThat(connect().only("welcome").getJsonObject("flags").getInteger("rolloutPercent"))
                .isEqualTo(10);
    }

    @Test
    void shouldTakeBackWhatItShowed() throws Exception {
        String shown = send(config()).body();
        assertThat(put("admin", shown).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "nothing | | one JSON object",
                "no JSON | what | one JSON object",
                "no object | [1] | one JSON object",
                "cut off | {\"realtime\":true | one JSON object",
                "unknown member | {\"realtime\":true,\"rolloutPercent\":1,\"transports\":[\"sse\"],\"colour\":1} | 'colour'",
                "missing | {\"rolloutPercent\":1,\"transports\":[\"sse\"]} | realtime must",
                "realtime of a string | {\"realtime\":\"yes\",\"rolloutPercent\":1,\"transports\":[\"sse\"]} | realtime must",
                "over | {\"realtime\":true,\"rolloutPercent\":101,\"transports\":[\"sse\"]} | rolloutPercent must be 0 to 100",
                "under | {\"realtime\":true,\"rolloutPercent\":-1,\"transports\":[\"sse\"]} | rolloutPercent must be 0 to 100",
                "a fraction | {\"realtime\":true,\"rolloutPercent\":1.5,\"transports\":[\"sse\"]} | rolloutPercent must be a whole",
                "huge | {\"realtime\":true,\"rolloutPercent\":4294967296,\"transports\":[\"sse\"]} | rolloutPercent must be a whole",
                "no transports | {\"realtime\":true,\"rolloutPercent\":1,\"transports\":[]} | transports must",
                "a transport twice | {\"realtime\":true,\"rolloutPercent\":1,\"transports\":[\"sse\",\"sse\"]} | transports must",
                "unknown transport | {\"realtime\":true,\"rolloutPercent\":1,\"transports\":[\"smoke\"]} | transports must",
                "a number | {\"realtime\":true,\"rolloutPercent\":1,\"transports\":[1]} | transports must",
                "heartbeat | {\"realtime\":true,\"rolloutPercent\":1,\"transports\":[\"sse\"],\"heartbeatMs\":1} | gateway.session.heartbeat",
            })
    void shouldSayWhatIsWrong(String name, String body, String detail) throws Exception {
        HttpResponse<String> answer = put("admin", body == null ? "" : body);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.headers().firstValue("content-type")).hasValue("application/problem+json");
        assertThat(new JsonObject(answer.body()).getString("detail")).contains(detail);
        assertThat(get().getInteger("rolloutPercent")).as("nothing changed").isEqualTo(100);
    }

    @Test
    void shouldRefuseABodyThatIsTooLarge() throws Exception {
        assertThat(put("admin", "{" + " ".repeat(5_000) + "}").statusCode()).isEqualTo(413);
    }

    @ParameterizedTest
    @CsvSource({",401", "bad,401", "42:ann,403", "writer@42,403"})
    void shouldLetOnlyOperatorsChangeThem(String token, int status) throws Exception {
        HttpResponse<String> answer = put(token, POLL_ONLY);
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("www-authenticate").isPresent()).isEqualTo(status == 401);
        assertThat(get().getBoolean("realtime")).isTrue();
    }

    @Test
    void shouldWriteDownWhoChangedWhat() throws Exception {
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        Logger audit = (Logger) LoggerFactory.getLogger("sluice.audit");
        lines.start();
        audit.setLevel(Level.INFO);
        audit.addAppender(lines);
        try {
            put("admin@42:root", POLL_ONLY);
            put("42:ann", POLL_ONLY);
            put("admin@42:root", "{}");
            put("bad", POLL_ONLY); // a stranger: nobody to name, and no reason to let it fill the log
            await().untilAsserted(() -> assertThat(lines.list).hasSize(3));
            List<String> pairs = lines.list.stream()
                    .map(line -> line.getKeyValuePairs().toString())
                    .toList();
            assertThat(pairs)
                    .allMatch(line -> line.contains("action=\"flags_changed\""))
                    .allMatch(line -> line.contains("address=\"127.0.0.1\""))
                    .allMatch(line -> line.contains("org=\"42\""))
                    .noneMatch(line -> line.contains("admin@42"));
            assertThat(pairs.get(0))
                    .contains("outcome=\"done\"", "user=\"root\"", "target=\"flags\"")
                    .contains("from=\"{\"realtime\":true", "to=\"{\"realtime\":false");
            assertThat(pairs.get(1)).contains("outcome=\"refused\"", "user=\"ann\"", "problem=\"forbidden\"");
            assertThat(pairs.get(2)).contains("outcome=\"refused\"", "user=\"root\"", "problem=\"invalid_flags\"");
        } finally {
            audit.detachAppender(lines);
            audit.setLevel(null);
        }
    }

    private Frames connect() throws Exception {
        Frames frames = new Frames();
        http.newWebSocketBuilder()
                .buildAsync(
                        URI.create("ws://127.0.0.1:" + gateway.port()
                                + "/v2/realtime/stream?services=finance&access_token=42:ann"),
                        frames)
                .get();
        return frames;
    }

    /** What a WebSocket client is sent. */
    private static final class Frames implements WebSocket.Listener {
        private final List<JsonObject> frames = new CopyOnWriteArrayList<>();
        private final StringBuilder part = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            part.append(data);
            if (last) {
                frames.add(new JsonObject(part.toString()));
                part.setLength(0);
            }
            socket.request(1);
            return null;
        }

        JsonObject only(String type) {
            await().untilAsserted(() -> assertThat(of(type)).hasSize(1));
            return of(type).get(0);
        }

        private List<JsonObject> of(String type) {
            return frames.stream()
                    .filter(frame -> type.equals(frame.getString("type")))
                    .toList();
        }
    }
}
