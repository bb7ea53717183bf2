// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.gateway.session.SessionOptions;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code GET /v2/realtime/admin/trace} of one node, in a cluster with another one that never answers. */
@Timeout(120)
class TraceIT {

    private static final String TRACE = "/v2/realtime/admin/trace";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final GatewayFixture gateway = new GatewayFixture(SessionOptions.defaults());
    private final HttpClient http = HttpClient.newHttpClient();

    @AfterEach
    void stop() {
        gateway.close();
    }

    private HttpResponse<String> get(String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(gateway.uri(path))
                .timeout(Duration.ofSeconds(30))
                .header("Authorization", "Bearer admin@7:root")
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private JsonObject trace(String query) throws Exception {
        HttpResponse<String> response = get(TRACE + "?org=42&service=finance&" + query);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return new JsonObject(response.body());
    }

    private JsonObject only(String query) throws Exception {
        JsonObject trace = trace(query);
        assertThat(trace.getString("outcome")).isEqualTo("found");
        assertThat(trace.getJsonArray("events")).hasSize(1);
        return trace.getJsonArray("events").getJsonObject(0);
    }

    private static JsonObject of(JsonObject event, String user) {
        List<JsonObject> sessions = event.getJsonArray("sessions").stream()
                .map(JsonObject.class::cast)
                .filter(session -> user.equals(session.getString("user")))
                .toList();
        assertThat(sessions).as("sessions of " + user).hasSize(1);
        return sessions.get(0);
    }

    private JsonObject sessions(String query) throws Exception {
        return new JsonObject(get("/v2/realtime/admin/sessions" + query).body());
    }

    /** Connects, and takes so many parts of messages and no more. Returns when the node knows the session, and it follows finance. */
    private WebSocket connect(String user, long demand) throws Exception {
        WebSocket socket = http.newWebSocketBuilder()
                .buildAsync(
                        URI.create("ws://127.0.0.1:" + gateway.port()
                                + "/v2/realtime/stream?services=finance&access_token=42:" + user),
                        new WebSocket.Listener() {
                            @Override
                            public void onOpen(WebSocket opened) {
                                opened.request(demand);
                            }

                            @Override
                            public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
                                return null;
                            }
                        })
                .get(30, TimeUnit.SECONDS);
        await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> assertThat(cursorOf(user))
                .isNotNull());
        return socket;
    }

    private String cursorOf(String user) throws Exception {
        String id =
                sessions("?q=" + user).getJsonArray("sessions").getJsonObject(0).getString("session");
        return new JsonObject(get("/v2/realtime/admin/sessions/" + id).body())
                .getJsonArray("streams")
                .getJsonObject(0)
                .getString("cursor");
    }

    @Test
    void shouldTellWhoGotAnEventAndWhyOthersDidNot() throws Exception {
        connect("ann", Long.MAX_VALUE);
        WebSocket dora = connect("dora", Long.MAX_VALUE);
        dora.abort();
        await().atMost(PATIENCE)
                .until(() -> sessions("?q=dora").getJsonArray("sessions").isEmpty());
        connect("bob", 1);
        int[] published = {0};
        // Two frames are more than Bob asked for, and then his socket is full.
        await().atMost(PATIENCE).untilAsserted(() -> {
            gateway.publish(20, 40_000);
            published[0] += 20;
            assertThat(of(only("id=e" + published[0]), "bob").getString("reason"))
                    .isEqualTo("socket_full");
        });
        String id = "id=e" + published[0];
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(of(only(id), "ann").getString("fate")).isEqualTo("delivered"));
        connect("carl", Long.MAX_VALUE);

        JsonObject event = only(id + "&source=/test");

        assertThat(event.getString("position")).endsWith(":" + published[0]);
        assertThat(event.getString("type")).isEqualTo("finance.test");
        long committed = event.getLong("committedAt");
        assertThat(committed).isBetween(System.currentTimeMillis() - 120_000, System.currentTimeMillis());
        JsonObject ann = of(event, "ann");
        assertThat(ann.getLong("deliveredFrom")).isBetween(committed, ann.getLong("deliveredBy"));
        assertThat(ann.getString("node")).isEqualTo(GatewayFixture.NODE_ID);
        JsonObject bob = of(event, "bob");
        assertThat(bob.getString("fate")).isEqualTo("behind");
        assertThat(bob.getLong("lag")).isPositive();
        JsonObject carl = of(event, "carl");
        assertThat(carl.getString("fate")).isEqualTo("began_later");
        assertThat(carl.getString("reason")).isEqualTo("latest");
        JsonObject gone = of(event, "dora");
        assertThat(gone.getString("fate")).isEqualTo("ended_before");
        assertThat(gone.getString("cursor")).endsWith(":0");
        assertThat(gone.getJsonObject("ended").getString("reason")).isEqualTo("client_gone");
        assertThat(event.getJsonObject("counts").getMap())
                .containsOnlyKeys("delivered", "behind", "began_later", "ended_before");
        JsonObject here = event.getJsonArray("nodes").getJsonObject(0);
        assertThat(here.getJsonObject("arrival").getString("way")).isEqualTo("pushed");
        assertThat(here.getJsonObject("stream").getInteger("sessions")).isEqualTo(3);
        assertThat(event.getJsonArray("silent")).containsExactly(GatewayFixture.SILENT_ID);
        assertThat(event.encode()).as("nothing of its data, nor of a token").doesNotContain("xxxx", "42:ann");

        JsonObject nobody = only(id + "&user=nobody");
        assertThat(nobody.getJsonArray("sessions")).isEmpty();
        assertThat(nobody.getJsonObject("counts")).isEmpty();
        assertThat(nobody.getJsonObject("remembered").getLong("sessions")).isEqualTo(1);
        assertThat(only(id + "&user=bob").getJsonArray("sessions")).hasSize(1);
    }

    @Test
    void shouldTellThatAPushWasLost() throws Exception {
        connect("ann", Long.MAX_VALUE);
        gateway.publish(1, 10, false);

        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(of(only("id=e1"), "ann").getString("fate")).isEqualTo("delivered"));
        assertThat(only("id=e1")
                        .getJsonArray("nodes")
                        .getJsonObject(0)
                        .getJsonObject("arrival")
                        .getString("way"))
                .isEqualTo("fetched");
    }

    @Test
    void shouldSayHonestlyWhatItMeansThatAnEventIsNotThere() throws Exception {
        assertThat(trace("id=e1").getString("outcome")).isEqualTo("no_stream");
        assertThat(trace("id=e1").getString("outcome"))
                .as("the question has not made it")
                .isEqualTo("no_stream");
        for (int i = 0; i < 11; i++) {
            gateway.publish(100, 10);
        }
        for (String gone : List.of("e1", "never")) {
            JsonObject trace = trace("id=" + gone);
            assertThat(trace.getString("outcome")).isEqualTo("not_held");
            assertThat(trace.getJsonArray("events")).isEmpty();
            assertThat(trace.getJsonObject("stream").getLong("oldest")).isEqualTo(101);
            assertThat(trace.getJsonObject("stream").getLong("oldestAt")).isPositive();
        }
        String head = trace("id=never").getJsonObject("stream").getString("head");
        String first = head.substring(0, head.indexOf(':')) + ":1";
        JsonObject expired = trace("position=" + first);
        assertThat(expired.getString("outcome")).isEqualTo("not_held");
        assertThat(expired.getJsonArray("events").getJsonObject(0).getString("position"))
                .isEqualTo(first);
        assertThat(only("position=" + head).getString("id")).isEqualTo("e1100");
        assertThat(only("id=e101").getJsonArray("nodes").getJsonObject(0).getJsonObject("stream"))
                .as("no session follows it")
                .isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "service=finance&id=1,org",
        "org=42&id=1,service",
        "org=42&service=Finance&id=1,service",
        "org=42&service=finance,id",
        "org=42&service=finance&id=1&limit=201,limit",
        "org=42&service=finance&id=1&position=e1:1,id",
        "org=42&service=finance&position=1,position",
        "org=42&service=finance&position=e1:0,position",
        "org=42&service=finance&position=latest,position",
    })
    void shouldNameTheParameterThatIsWrong(String query, String attribute) throws Exception {
        HttpResponse<String> response = get(TRACE + "?" + query);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(new JsonObject(response.body()).getString("attribute")).isEqualTo(attribute);
    }
}
