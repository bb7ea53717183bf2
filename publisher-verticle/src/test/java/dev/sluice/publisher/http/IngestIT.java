// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.publisher.PublishServer;
import dev.sluice.publisher.Reply;
import dev.sluice.stream.StreamKey;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Events that come in over HTTP as they should, in all three content modes. */
@Timeout(60)
class IngestIT {

    private static final String STRUCTURED = "application/cloudevents+json";
    private static final String BATCH = "application/cloudevents-batch+json";
    private static final StreamKey FINANCE = new StreamKey("acme", "finance");
    private static final StreamKey STAFF = new StreamKey("acme", "staff");

    private PublishServer server;

    @BeforeEach
    void start() throws Exception {
        server = PublishServer.start();
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {STRUCTURED, "Application/CloudEvents+JSON; charset=\"UTF-8\"", STRUCTURED + ";charset=utf-8"})
    void shouldTellWhereAStructuredEventStands(String contentType) throws Exception {
        Reply reply =
                server.events(contentType, event("1", FINANCE)).token("acme").send();

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.http().headers().firstValue("Content-Type")).hasValue("application/json");
        JsonObject result = reply.results().getJsonObject(0);
        assertThat(result.fieldNames()).containsExactly("id", "service", "epoch", "seq", "duplicate");
        assertThat(result.getString("id")).isEqualTo("1");
        assertThat(result.getString("service")).isEqualTo("finance");
        assertThat(result.getString("epoch"))
                .isEqualTo(server.log().slice(FINANCE).epoch());
        assertThat(result.getLong("seq")).isEqualTo(1);
        assertThat(result.getBoolean("duplicate")).isFalse();
        assertThat(server.count("sluice.publisher.requests", "door", "events", "status", "200"))
                .isEqualTo(1);
    }

    @Test
    void shouldSayThatAnEventIsADuplicateWhenItIsSentAgain() throws Exception {
        server.events(STRUCTURED, event("1", FINANCE)).token("acme").send();
        Reply again =
                server.events(STRUCTURED, event("1", FINANCE)).token("acme").send();

        assertThat(again.results().getJsonObject(0).getBoolean("duplicate")).isTrue();
        assertThat(again.results().getJsonObject(0).getLong("seq")).isEqualTo(1);
        assertThat(server.log().stored(FINANCE)).hasSize(1);
    }

    @Test
    void shouldKeepTheBytesOfAStructuredEvent() throws Exception {
        String odd = odd("1");

        server.events(STRUCTURED, odd).token("acme").send();

        assertThat(server.log().stored(FINANCE)).containsExactly(odd);
    }

    @Test
    void shouldTakeTheTokenFromTheQueryAndItsOrgForAnEventThatNamesNone() throws Exception {
        String event =
                "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"service\":\"finance\"}";
        Reply reply = server.post(IngestRoutes.PATH + "?access_token=acme")
                .header("Content-Type", STRUCTURED)
                .body(event)
                .send();

        assertThat(reply.status()).isEqualTo(200);
        assertThat(server.log().stored(FINANCE)).containsExactly(event);
    }

    @Test
    void shouldPublishForTheOrgOfTheEventWhenTheTokenHasNone() throws Exception {
        StreamKey globex = new StreamKey("globex", "finance");

        Reply reply =
                server.events(STRUCTURED, event("1", globex)).token("any-org").send();

        assertThat(reply.status()).isEqualTo(200);
        assertThat(server.log().stored(globex)).hasSize(1);
    }

    @Test
    void shouldAnswerInTheOrderOfABatchAndKeepTheBytesOfItsEvents() throws Exception {
        String first = odd("1");
        String second = event("2", STAFF).replace("{\"spec", "{ \"spec");
        String third = odd("3");

        Reply reply = server.events(BATCH, " [\n" + first + " ,\t" + second + "\r\n," + third + "] \n")
                .token("acme")
                .send();

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.results().stream()
                        .map(JsonObject.class::cast)
                        .map(r -> r.getString("id") + r.getString("service") + r.getLong("seq")))
                .containsExactly("1finance1", "2staff1", "3finance2");
        assertThat(server.log().stored(FINANCE)).containsExactly(first, third);
        assertThat(server.log().stored(STAFF)).containsExactly(second);
    }

    @Test
    void shouldTakeAThousandEventsInOneBatch() throws Exception {
        String batch = IntStream.range(0, 1_000)
                .mapToObj(i -> event("e" + i, FINANCE))
                .collect(Collectors.joining(",", "[", "]"));

        Reply reply = server.events(BATCH, batch).token("acme-finance").send();

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.results()).hasSize(1_000);
        assertThat(reply.results().getJsonObject(999).getLong("seq")).isEqualTo(1_000);
        assertThat(server.log().attempts()).hasSize(1);
    }

    @Test
    void shouldAnswerNothingWhenABatchIsEmpty() throws Exception {
        Reply reply = server.events(BATCH, "[]").token("acme").send();

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.results()).isEmpty();
    }

    @Test
    void shouldTakeTheLargestEventThereMayBe() throws Exception {
        String bare = event("1", FINANCE);
        String largest = bare.replace("\"data\":1", "\"data\":\"" + "x".repeat(65_536 - bare.length() - 1) + "\"");
        assertThat(largest.getBytes(UTF_8)).hasSize(65_536);

        assertThat(server.events(STRUCTURED, largest).token("acme").send().status())
                .isEqualTo(200);
    }

    @Test
    void shouldBuildAnEventFromHeadersAndJson() throws Exception {
        Reply reply = binary("b-1")
                .header("Content-Type", "application/json")
                .header("ce-time", "2026-01-02T03:04:05.678Z")
                .header("ce-subject", "invoice 7")
                .header("ce-tracestate", "a=1")
                .body("{\"amount\": 12345678901234567890.10, \"n\": \"Zoë 你好\"}")
                .send();

        assertThat(reply.results().getJsonObject(0).getString("id")).isEqualTo("b-1");
        String stored = server.log().stored(FINANCE).get(0);
        JsonObject event = new JsonObject(stored);
        assertThat(event.getString("time")).isEqualTo("2026-01-02T03:04:05.678Z");
        assertThat(event.getString("subject")).isEqualTo("invoice 7");
        assertThat(event.getString("tracestate")).isEqualTo("a=1");
        assertThat(event.getString("datacontenttype")).isEqualTo("application/json");
        assertThat(event.getString("specversion")).isEqualTo("1.0");
        assertThat(stored).contains("{\"amount\": 12345678901234567890.10, \"n\": \"Zoë 你好\"}");
    }

    @Test
    void shouldDecodeHeadersOnce() throws Exception {
        Reply reply = server.post(IngestRoutes.PATH)
                .token("acme")
                .header("ce-specversion", "1.0")
                .header("CE-ID", "Euro%20%E2%82%AC%20%F0%9F%98%80%2520")
                .header("ce-source", "/a%2520b")
                .header("ce-type", "\"with \\\"quotes\\\"\"")
                .header("ce-service", "finance")
                .send();

        assertThat(reply.results().getJsonObject(0).getString("id")).isEqualTo("Euro € 😀%20");
        JsonObject event = new JsonObject(server.log().stored(FINANCE).get(0));
        assertThat(event.getString("source")).isEqualTo("/a%20b");
        assertThat(event.getString("type")).isEqualTo("with \"quotes\"");
    }

    @Test
    void shouldCarryDataThatIsNoJsonAsText() throws Exception {
        binary("1")
                .header("Content-Type", "text/plain; charset=utf-8")
                .body("Zoë \"€\"")
                .send();
        binary("2")
                .header("Content-Type", "application/octet-stream")
                .body(BodyPublishers.ofByteArray(new byte[] {0, (byte) 0xff, 10}))
                .send();

        JsonObject text = new JsonObject(server.log().stored(FINANCE).get(0));
        JsonObject bytes = new JsonObject(server.log().stored(FINANCE).get(1));
        assertThat(data(text)).isEqualTo("Zoë \"€\"".getBytes(UTF_8));
        assertThat(data(bytes)).isEqualTo(new byte[] {0, (byte) 0xff, 10});
    }

    @Test
    void shouldTakeAnEventWithoutData() throws Exception {
        Reply reply = binary("1").send();

        assertThat(reply.status()).isEqualTo(200);
        assertThat(new JsonObject(server.log().stored(FINANCE).get(0)).fieldNames())
                .doesNotContain("data", "data_base64", "datacontenttype");
    }

    @Test
    void shouldServeHttp2AsWell() throws Exception {
        Reply reply = server.events(STRUCTURED, event("1", FINANCE))
                .token("acme")
                .http2()
                .send();

        assertThat(reply.http().version()).isEqualTo(java.net.http.HttpClient.Version.HTTP_2);
        assertThat(reply.status()).isEqualTo(200);
    }

    private PublishServer.Post binary(String id) {
        return server.post(IngestRoutes.PATH)
                .token("acme")
                .header("ce-specversion", "1.0")
                .header("ce-id", id)
                .header("ce-source", "/s")
                .header("ce-type", "t")
                .header("ce-org", "acme")
                .header("ce-service", "finance");
    }

    private static byte[] data(JsonObject event) {
        return event.containsKey("data_base64")
                ? Base64.getDecoder().decode(event.getString("data_base64"))
                : event.getString("data").getBytes(UTF_8);
    }

    /** An event that hardly any library would write back as it is. */
    private static String odd(String id) {
        List<String> members = List.of(
                "\"specversion\" : \"1.0\"",
                "\"id\":\"" + id + "\"",
                "\"source\":\"\\u002fs\"",
                "\"type\":\"t\"",
                "\"org\":\"acme\",\"service\":\"finance\"",
                "\"data\":{\"n\":1.0E+2, \"big\":12345678901234567890.10,\"text\":\"Zoë 你好 😀 \\u00e9\",\"empty\":[ ] }");
        return "{ " + String.join(" ,", members) + "}";
    }

    private static String event(String id, StreamKey key) {
        return "{\"specversion\":\"1.0\",\"id\":\"" + id + "\",\"source\":\"/s\",\"type\":\"t\",\"org\":\"" + key.org()
                + "\",\"service\":\"" + key.service() + "\",\"data\":1}";
    }
}
