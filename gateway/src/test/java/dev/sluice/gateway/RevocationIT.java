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
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** {@code /v2/realtime/revocations} on one node, and what becomes of sessions by each transport. The fixture's tokens have no {@code iat}. */
@Timeout(60)
class RevocationIT {

    private static final String ANN = "{\"org\":\"42\",\"sub\":\"ann\"}";
    private static final String PATH = "/v2/realtime/revocations";

    private final GatewayFixture gateway = new GatewayFixture(SessionOptions.defaults());
    private final HttpClient http = HttpClient.newHttpClient();

    @AfterEach
    void stop() {
        gateway.close();
    }

    private HttpResponse<String> get(String path, String token) throws Exception {
        return http.send(request(path, token).build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path, String token) {
        HttpRequest.Builder request = HttpRequest.newBuilder(gateway.uri(path)).timeout(Duration.ofSeconds(30));
        return token == null ? request : request.header("Authorization", "Bearer " + token);
    }

    private HttpResponse<String> revoke(String token, String body) throws Exception {
        return http.send(
                request(PATH, token)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    @Test
    void shouldCloseOpenSessionsOfEveryTransportAndNobodyElses() throws Exception {
        CloseCode ann = connect("42:ann");
        CloseCode bob = connect("42:bob");
        String cursor = new JsonObject(
                        get("/v2/realtime/poll?services=finance", "42:ann").body())
                .getString("cursor");
        CompletableFuture<HttpResponse<String>> poll = http.sendAsync(
                request("/v2/realtime/poll?services=finance&timeoutMs=25000&cursor=" + cursor, "42:ann")
                        .build(),
                BodyHandlers.ofString());
        CompletableFuture<HttpResponse<String>> sse = http.sendAsync(
                request("/v2/realtime/sse?services=finance", "42:ann").build(), BodyHandlers.ofString());
        await().untilAsserted(() -> assertThat(gateway.meter("sluice.sessions")).isEqualTo(4));

        HttpResponse<String> answer = revoke("admin", ANN);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(new JsonObject(answer.body()).fieldNames())
                .containsExactlyInAnyOrder("org", "sub", "issuedBefore", "endsAt");
        assertThat(ann.code.get(30, TimeUnit.SECONDS)).isEqualTo(4501);
        assertThat(sse.get(30, TimeUnit.SECONDS).body()).contains("\"code\":\"unauthorized\"");
        assertThat(poll.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(401);
        assertThat(connect("42:ann").code.get(30, TimeUnit.SECONDS)).isEqualTo(4501);
        assertThat(get("/v2/realtime/sse?services=finance", "42:ann").statusCode())
                .isEqualTo(401);
        assertThat(get("/v2/realtime/poll?services=finance", "42:ann").statusCode())
                .isEqualTo(401);
        assertThat(get("/v2/realtime/poll?services=finance", "7:ann").statusCode())
                .as("of another org")
                .isEqualTo(200);
        assertThat(bob.code).isNotDone();
    }

    @Test
    void shouldRefuseAnOperatorWhoseTokenIsRevoked() throws Exception {
        assertThat(revoke("admin@42:root", "{\"org\":\"42\",\"sub\":\"root\"}").statusCode())
                .isEqualTo(200);
        assertThat(revoke("admin@42:root", ANN).statusCode()).isEqualTo(401);
    }

    @Test
    void shouldShowOperatorsWhatIsRevoked() throws Exception {
        revoke("admin", ANN);
        revoke("admin", "{\"jti\":\"t-1\"}");
        assertThat(get(PATH, "42:bob").statusCode()).isEqualTo(403);
        assertThat(get(PATH, null).statusCode()).isEqualTo(401);
        JsonArray shown = new JsonObject(get(PATH, "admin").body()).getJsonArray("revocations");
        assertThat(shown).hasSize(2);
        assertThat(shown.getJsonObject(0).getString("sub")).isEqualTo("ann");
        assertThat(shown.getJsonObject(1).getString("jti")).isEqualTo("t-1");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "nothing | {} | org must be a string",
                "no object | [1] | one JSON object",
                "no user | {\"org\":\"42\"} | sub must be a string",
                "both | {\"org\":\"42\",\"sub\":\"ann\",\"jti\":\"t\"} | jti names one token",
                "unknown member | {\"org\":\"42\",\"sub\":\"ann\",\"until\":1} | no such member",
                "user without a name | {\"org\":\"42\",\"sub\":\"\"} | sub must be a string of 1",
                "a number | {\"jti\":1} | jti must be a string",
                "long | {\"org\":\"\",\"sub\":\"ann\"} | org must be a string of 1",
                "time of text | {\"org\":\"42\",\"sub\":\"ann\",\"issuedBefore\":\"now\"} | epoch milliseconds",
                "time to come | {\"org\":\"42\",\"sub\":\"ann\",\"issuedBefore\":9007199254740991} | not in the future",
                "in seconds | {\"org\":\"42\",\"sub\":\"ann\",\"issuedBefore\":1767261600} | have all ended",
            })
    void shouldSayWhatIsWrong(String name, String body, String detail) throws Exception {
        HttpResponse<String> answer = revoke("admin", body);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.headers().firstValue("content-type")).hasValue("application/problem+json");
        assertThat(new JsonObject(answer.body()).getString("detail")).contains(detail);
        assertThat(new JsonObject(get(PATH, "admin").body()).getJsonArray("revocations"))
                .isEmpty();
    }

    @Test
    void shouldWriteDownWhoRevokedWhat() throws Exception {
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        Logger audit = (Logger) LoggerFactory.getLogger("sluice.audit");
        lines.start();
        audit.setLevel(Level.INFO);
        audit.addAppender(lines);
        try {
            revoke("admin@7:root", ANN);
            await().untilAsserted(() -> assertThat(lines.list).hasSize(1));
            assertThat(lines.list.get(0).getKeyValuePairs().toString())
                    .contains("action=\"tokens_revoked\"", "outcome=\"done\"", "user=\"root\"", "org=\"7\"")
                    .contains("target=\"user ann of org 42\"", "issuedBefore=", "address=\"127.0.0.1\"")
                    .doesNotContain("admin@7");
        } finally {
            audit.detachAppender(lines);
            audit.setLevel(null);
        }
    }

    private CloseCode connect(String token) throws Exception {
        CloseCode closed = new CloseCode();
        http.newWebSocketBuilder()
                .buildAsync(
                        URI.create("ws://127.0.0.1:" + gateway.port()
                                + "/v2/realtime/stream?services=finance&access_token=" + token),
                        closed)
                .get();
        return closed;
    }

    /** Waits for the end of a WebSocket. */
    private static final class CloseCode implements WebSocket.Listener {
        private final CompletableFuture<Integer> code = new CompletableFuture<>();

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
            code.complete(status);
            return null;
        }
    }
}
