// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.sluice.gateway.admin.AdminAction;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** {@code /v2/realtime/admin/…} of one node, in a cluster with another one that never answers. */
@Timeout(120)
class ConsoleIT {

    private static final String ADMIN = "/v2/realtime/admin/";

    private final GatewayFixture gateway = new GatewayFixture(SessionOptions.defaults());
    private final HttpClient http = HttpClient.newHttpClient();

    @AfterEach
    void stop() {
        gateway.close();
    }

    private HttpResponse<String> send(String method, String path, String token) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(gateway.uri(path))
                .timeout(Duration.ofSeconds(30))
                .method(method, HttpRequest.BodyPublishers.noBody());
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private JsonObject get(String path) throws Exception {
        HttpResponse<String> response = send("GET", ADMIN + path, "admin@7:root");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(response.headers().firstValue("cache-control")).hasValue("no-store");
        return new JsonObject(response.body());
    }

    private List<JsonObject> sessions(String query) throws Exception {
        return get("sessions" + query).getJsonArray("sessions").stream()
                .map(JsonObject.class::cast)
                .toList();
    }

    @ParameterizedTest(name = "{0} {1} as {2}: {3}")
    @CsvSource({
        "GET,cluster,,401",
        "GET,cluster,bad,401",
        "GET,cluster,42:ann,403",
        "GET,sessions,writer@42:ann,403",
        "GET,sessions/x,42:ann,403",
        "DELETE,sessions/x,42:ann,403",
        "GET,streams,42:ann,403",
        "GET,trace,,401",
        "GET,trace?org=42&service=finance&id=1,42:ann,403",
        "POST,nodes/this-node/drain,42:ann,403",
        "POST,nodes/this-node/drain,,401",
    })
    void shouldAnswerNobodyButOperators(String method, String path, String token, int status) throws Exception {
        HttpResponse<String> response = send(method, ADMIN + path, token);

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().firstValue("content-type")).hasValue("application/problem+json");
        assertThat(response.headers().firstValue("www-authenticate").isPresent())
                .isEqualTo(status == 401);
        assertThat(send("GET", "/health/ready", null).statusCode())
                .as("not drained")
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"sessions?limit=0", "sessions?limit=201", "sessions?limit=x", "streams?limit=-1"})
    void shouldRefuseALimitOutOfItsBounds(String path) throws Exception {
        HttpResponse<String> response = send("GET", ADMIN + path, "admin");

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(new JsonObject(response.body()).getString("attribute")).isEqualTo("limit");
    }

    @Test
    void shouldShowTheClusterAndWhoIsSilent() throws Exception {
        JsonObject cluster = get("cluster");

        assertThat(cluster.getString("asked")).isEqualTo(GatewayFixture.NODE_ID);
        assertThat(cluster.getJsonArray("nodes")).hasSize(2);
        JsonObject here = cluster.getJsonArray("nodes").getJsonObject(0);
        assertThat(here.getBoolean("answers")).isTrue();
        assertThat(here.getString("name")).isEqualTo("node-under-test");
        assertThat(here.getBoolean("ready")).isTrue();
        assertThat(here.getJsonObject("figures").getInteger("activeConnections"))
                .isZero();
        JsonObject silent = cluster.getJsonArray("nodes").getJsonObject(1);
        assertThat(silent.getString("id")).isEqualTo(GatewayFixture.SILENT_ID);
        assertThat(silent.getBoolean("answers")).isFalse();
        assertThat(cluster.getJsonArray("publishers")).hasSize(1);
        assertThat(cluster.getJsonArray("shards").getJsonObject(0))
                .isEqualTo(new JsonObject()
                        .put("owner", GatewayFixture.NODE_ID)
                        .put("backups", new JsonArray().add(GatewayFixture.SILENT_ID)));
        assertThat(get("sessions").getJsonArray("silent")).containsExactly(GatewayFixture.SILENT_ID);
    }

    @Test
    void shouldFindSessionsByUserOrgAndIdAndShowTheFarthestBehindFirst() throws Exception {
        connect("42:Ann", 1);
        connect("42:bob", Long.MAX_VALUE);
        connect("Acme:carl", Long.MAX_VALUE);
        await().untilAsserted(() -> assertThat(sessions("")).hasSize(3));
        // Two frames are more than Ann asked for, and then her socket is full.
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            gateway.publish(20, 40_000);
            assertThat(sessions("?q=ann").get(0).getLong("lag"))
                    .as("more than one publish, so it stays")
                    .isGreaterThan(40);
        });

        await().untilAsserted(() -> assertThat(sessions("").get(0).getString("user"))
                .as("the others have caught up")
                .isEqualTo("Ann"));
        assertThat(users("?q=ANN")).containsExactly("Ann");
        assertThat(users("?q=acme")).containsExactly("carl");
        assertThat(users("?q=" + sessions("?q=carl").get(0).getString("session")))
                .containsExactly("carl");
        JsonObject page = get("sessions?limit=1");
        assertThat(page.getJsonArray("sessions")).hasSize(1);
        assertThat(page.getLong("matched")).isEqualTo(3);
        JsonObject narrow = get("sessions?q=ann");
        assertThat(narrow.getLong("matched")).isEqualTo(1);
        assertThat(narrow.getLong("total")).isEqualTo(3);
        assertThat(users("?q=nobody")).isEmpty();
    }

    private List<String> users(String query) throws Exception {
        return sessions(query).stream()
                .map(session -> session.getString("user"))
                .toList();
    }

    @Test
    void shouldShowTheStreamsOfASessionAndNothingOfItsTokenOrEvents() throws Exception {
        connect("42:ann", Long.MAX_VALUE);
        await().untilAsserted(() -> assertThat(sessions("?q=ann")).hasSize(1));
        gateway.publish(3, 64);
        String id = sessions("?q=ann").get(0).getString("session");

        await().untilAsserted(() -> {
            JsonObject stream = get("sessions/" + id).getJsonArray("streams").getJsonObject(0);
            assertThat(stream.getString("service")).isEqualTo("finance");
            assertThat(stream.getString("state")).isEqualTo("attached");
            assertThat(stream.getString("cursor")).endsWith(":3").isEqualTo(stream.getString("head"));
            assertThat(stream.getLong("lag")).isZero();
        });
        assertThat(get("sessions/" + id).encode()).doesNotContain("42:ann", "xxxx", "finance.test");
        JsonObject used = get("streams").getJsonArray("streams").getJsonObject(0);
        assertThat(used.getString("org")).isEqualTo("42");
        assertThat(used.getInteger("sessions")).isEqualTo(1);
        assertThat(used.getLong("heldBytes")).isPositive();
    }

    @Test
    void shouldSendASessionAwayAndWriteDownWhoDidIt() throws Exception {
        Client ann = connect("42:ann", Long.MAX_VALUE);
        connect("42:bob", Long.MAX_VALUE);
        await().untilAsserted(() -> assertThat(sessions("")).hasSize(2));
        String id = sessions("?q=ann").get(0).getString("session");

        List<ILoggingEvent> lines = audited(() -> assertThat(
                        send("DELETE", ADMIN + "sessions/" + id, "admin@7:root").statusCode())
                .isEqualTo(200));

        assertThat(ann.closed().get(30, TimeUnit.SECONDS)).isEqualTo(4005);
        await().untilAsserted(() -> assertThat(users("")).containsExactly("bob"));
        assertThat(lines).hasSize(1);
        assertThat(lines.get(0).getKeyValuePairs().toString())
                .contains("action=\"session_disconnected\"", "user=\"root\"", "org=\"7\"", "target=\"" + id + '"')
                .contains("targetUser=\"ann\"")
                .doesNotContain("admin@7");
        assertThat(send("DELETE", ADMIN + "sessions/" + id, "admin").statusCode())
                .isEqualTo(404);
    }

    @Test
    void shouldDrainTheNodeThatWasNamedAndNoOther() throws Exception {
        connect("42:ann", Long.MAX_VALUE);
        await().untilAsserted(() -> assertThat(sessions("")).hasSize(1));

        assertThat(send("POST", ADMIN + "nodes/nobody/drain", "admin").statusCode())
                .isEqualTo(404);
        assertThat(send("POST", ADMIN + "nodes/publisher/drain", "admin").statusCode())
                .isEqualTo(404);
        assertThat(send("POST", ADMIN + "nodes/another-node/drain", "admin").statusCode())
                .isEqualTo(503);
        assertThat(send("GET", "/health/ready", null).statusCode()).isEqualTo(200);
        List<ILoggingEvent> lines =
                audited(() -> assertThat(send("POST", ADMIN + "nodes/this-node/drain", "admin@7:root")
                                .statusCode())
                        .isEqualTo(202));

        assertThat(lines.get(0).getKeyValuePairs().toString())
                .contains("action=\"node_drained\"", "user=\"root\"", "target=\"this-node\"");
        JsonObject here = get("cluster").getJsonArray("nodes").getJsonObject(0);
        assertThat(here.getBoolean("ready")).isFalse();
        assertThat(here.getString("reason")).isEqualTo("draining");
        await().untilAsserted(() -> assertThat(sessions("")).isEmpty());
    }

    private interface Action {
        void run() throws Exception;
    }

    private static List<ILoggingEvent> audited(Action action) throws Exception {
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        Logger audit = (Logger) LoggerFactory.getLogger(AdminAction.LOG);
        lines.start();
        audit.setLevel(Level.INFO);
        audit.addAppender(lines);
        try {
            action.run();
            return List.copyOf(lines.list);
        } finally {
            audit.detachAppender(lines);
            audit.setLevel(null);
        }
    }

    /** A client that does nothing but read; {@code closed} completes with the close code. */
    private record Client(CompletableFuture<Integer> closed) {}

    /** Connects, and takes so many parts of messages and no more. */
    private Client connect(String token, long demand) throws Exception {
        CompletableFuture<Integer> closed = new CompletableFuture<>();
        http.newWebSocketBuilder()
                .buildAsync(
                        URI.create("ws://127.0.0.1:" + gateway.port()
                                + "/v2/realtime/stream?services=finance&access_token=" + token),
                        new WebSocket.Listener() {
                            @Override
                            public void onOpen(WebSocket socket) {
                                socket.request(demand);
                            }

                            @Override
                            public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
                                return null;
                            }

                            @Override
                            public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
                                closed.complete(code);
                                return null;
                            }
                        })
                .get();
        return new Client(closed);
    }
}
