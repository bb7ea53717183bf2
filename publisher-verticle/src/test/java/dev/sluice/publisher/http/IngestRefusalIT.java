// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.publisher.FaultyLog;
import dev.sluice.publisher.PublishServer;
import dev.sluice.publisher.RawSocket;
import dev.sluice.publisher.Reply;
import dev.sluice.stream.StreamKey;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that are refused: with which status, why, and that nothing of them is published. */
@Timeout(60)
class IngestRefusalIT {

    private static final String STRUCTURED = "application/cloudevents+json";
    private static final String BATCH = "application/cloudevents-batch+json";
    private static final StreamKey FINANCE = new StreamKey("acme", "finance");
    private static final StreamKey STAFF = new StreamKey("acme", "staff");
    private static final String GOOD = event("1", FINANCE);

    private PublishServer server;

    @BeforeEach
    void start() throws Exception {
        server = PublishServer.start();
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
    }

    @Test
    void shouldAskForATokenWhenThereIsNone() throws Exception {
        Reply reply = server.events(STRUCTURED, GOOD).send();

        reply.problem(401, "unauthorized");
        assertThat(reply.http().headers().firstValue("WWW-Authenticate")).hasValue("Bearer realm=\"sluice\"");
        assertNothingPublished();
    }

    @ParameterizedTest
    @CsvSource({"forged, unauthorized", "expired, token_expired"})
    void shouldSayThatATokenIsInvalid(String token, String code) throws Exception {
        Reply reply = server.events(STRUCTURED, GOOD).token(token).send();

        assertThat(reply.problem(401, code).getString("detail")).doesNotContain(token + "\"");
        assertThat(reply.http().headers().firstValue("WWW-Authenticate"))
                .hasValue("Bearer realm=\"sluice\", error=\"invalid_token\"");
        assertNothingPublished();
    }

    @Test
    void shouldSayWhichScopeIsMissing() throws Exception {
        Reply reply = server.events(STRUCTURED, GOOD).token("acme-read").send();

        reply.problem(403, "forbidden");
        assertThat(reply.http().headers().firstValue("WWW-Authenticate"))
                .hasValue("Bearer realm=\"sluice\", error=\"insufficient_scope\", scope=\"realtime:publish\"");
        assertNothingPublished();
    }

    @Test
    void shouldAnswer503WhenNothingIsKnownAboutTheToken() throws Exception {
        server.events(STRUCTURED, GOOD).token("unverifiable").send().problem(503, "unverifiable");
    }

    @Test
    void shouldTellNothingOfTheInsideWhenSomethingBreaks() throws Exception {
        server.events(STRUCTURED, GOOD).token("explosive").send().problem(500, "internal_error");

        server.log().behave(commit -> {
            throw new IllegalStateException("secret-internal-detail");
        });
        server.events(STRUCTURED, GOOD).token("acme").send().problem(500, "internal_error");
    }

    @Test
    void shouldRefuseAnotherOrgAndNotSayWhetherItExists() throws Exception {
        JsonObject problem = server.events(STRUCTURED, event("1", new StreamKey("globex", "finance")))
                .token("acme")
                .send()
                .problem(403, "forbidden");

        assertThat(problem.getString("attribute")).isEqualTo("org");
        assertThat(problem.encode()).doesNotContain("globex");
        assertNothingPublished();
    }

    @Test
    void shouldRefuseAServiceThatTheTokenDoesNotCover() throws Exception {
        JsonObject problem =
                server.events(STRUCTURED, GOOD).token("acme-staff").send().problem(403, "forbidden");

        assertThat(problem.getString("attribute")).isEqualTo("service");
        assertNothingPublished();
    }

    @Test
    void shouldWantAnOrgWhenTheTokenHasNone() throws Exception {
        JsonObject problem = server.events(STRUCTURED, GOOD.replace("\"org\":\"acme\",", ""))
                .token("any-org")
                .send()
                .problem(400, "malformed");

        assertThat(problem.getString("attribute")).isEqualTo("org");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "application/json",
                "text/plain",
                "application/cloudevents",
                "application/cloudevents+avro",
                "application/cloudevents-batch+avro",
                "application/cloudevents+json; charset=iso-8859-1",
                "multipart/form-data; boundary=x",
            })
    void shouldRefuseContentTypesThatAreNoEvents(String contentType) throws Exception {
        PublishServer.Post post = server.post(IngestRoutes.PATH).token("acme").body(GOOD);
        Reply reply = contentType.isEmpty()
                ? post.send()
                : post.header("Content-Type", contentType).send();

        reply.problem(415, "unsupported_media_type");
        assertNothingPublished();
    }

    @Test
    void shouldRefuseACompressedBody() throws Exception {
        server.events(STRUCTURED, GOOD)
                .token("acme")
                .header("Content-Encoding", "gzip")
                .send()
                .problem(415, "unsupported_media_type");
    }

    static Stream<Arguments> malformed() {
        return Stream.of(
                Arguments.of("", null),
                Arguments.of("{", null),
                Arguments.of("[]", null),
                Arguments.of("nonsense", null),
                Arguments.of(GOOD + GOOD, null),
                Arguments.of(GOOD.replace("\"id\":\"1\",", ""), "id"),
                Arguments.of(GOOD.replace("\"id\":\"1\"", "\"id\":1"), "id"),
                Arguments.of(GOOD.replace("\"data\":1", "\"data_base64\":\"**\""), "data_base64"),
                Arguments.of(GOOD.replace("\"data\":1", "\"data_base64\":{}"), "data_base64"),
                Arguments.of(GOOD.replace("\"id\":\"1\"", "\"id\":\"\""), "id"),
                Arguments.of(GOOD.replace("\"id\":\"1\"", "\"id\":\"" + "x".repeat(1_025) + "\""), "id"),
                Arguments.of(GOOD.replace("\"1.0\"", "\"0.3\""), "specversion"),
                Arguments.of(GOOD.replace("acme", "a\\u0001"), "org"),
                Arguments.of(GOOD.replace("finance", "Finance!"), "service"),
                Arguments.of(GOOD.replace("\"service\":\"finance\",", ""), "service"),
                Arguments.of(GOOD.replace("\"data\":1", "\"data\":1,\"data\":2"), null),
                Arguments.of(GOOD.replace("\"data\":1", "\"time\":\"yesterday\""), "time"),
                Arguments.of(GOOD.replace("\"data\":1", "\"data\":" + "[".repeat(101) + "]".repeat(101)), null),
                Arguments.of(GOOD.replace("\"data\":1", "\"data\":" + "1".repeat(1_001)), null));
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void shouldSayWhatIsWrongWithAnEvent(String body, String attribute) throws Exception {
        JsonObject problem =
                server.events(STRUCTURED, body).token("acme").send().problem(400, "malformed");

        assertThat(problem.getString("attribute")).isEqualTo(attribute);
        assertNothingPublished();
    }

    static Stream<Arguments> wrongHeaders() {
        return Stream.of(
                Arguments.of(List.of("ce-id", ""), "id"),
                Arguments.of(List.of("ce-type", ""), "type"),
                Arguments.of(List.of("ce-source", ""), "source"),
                Arguments.of(List.of("ce-specversion", "0.3"), "specversion"),
                Arguments.of(List.of("ce-specversion", ""), "specversion"),
                Arguments.of(List.of("ce-time", "yesterday"), "time"),
                Arguments.of(List.of("ce-source", "not a uri"), "source"),
                Arguments.of(List.of("ce-id", "50%"), "id"),
                Arguments.of(List.of("ce-subject", "%FF"), "subject"),
                Arguments.of(List.of("ce-not_allowed", "x"), "not_allowed"),
                Arguments.of(List.of("ce-datacontenttype", "text/xml"), "datacontenttype"),
                Arguments.of(List.of("ce-data", "x"), "data"),
                Arguments.of(List.of("ce-service", "Finance!"), "service"));
    }

    @ParameterizedTest
    @MethodSource("wrongHeaders")
    void shouldSayWhichHeaderIsWrong(List<String> header, String attribute) throws Exception {
        HttpRequest.Builder request = binary();
        request.setHeader(header.get(0), header.get(1));

        JsonObject problem = send(request.POST(BodyPublishers.noBody())).problem(400, "malformed");

        assertThat(problem.getString("attribute")).isEqualTo(attribute);
        assertNothingPublished();
    }

    @Test
    void shouldRefuseAHeaderThatStandsThereTwice() throws Exception {
        HttpRequest.Builder request = binary();
        request.header("ce-id", "2");

        assertThat(send(request.POST(BodyPublishers.noBody()))
                        .problem(400, "malformed")
                        .getString("attribute"))
                .isEqualTo("id");
    }

    @Test
    void shouldWantToKnowWhatABinaryBodyIs() throws Exception {
        send(binary().POST(BodyPublishers.ofString("{}"))).problem(415, "unsupported_media_type");
    }

    @Test
    void shouldRefuseABinaryEventWhoseJsonIsNone() throws Exception {
        send(binary().header("Content-Type", "application/json").POST(BodyPublishers.ofString("{\"a\":1},\"b\":{")))
                .problem(400, "malformed");
        assertNothingPublished();
    }

    static Stream<Arguments> batchesWithOneWrong() {
        String other = event("3", new StreamKey("globex", "finance"));
        String huge = GOOD.replace("\"data\":1", "\"data\":\"" + "x".repeat(70_000) + "\"");
        return Stream.of(
                Arguments.of("{\"id\":\"x\"}", 400, "malformed"),
                Arguments.of("7", 400, "malformed"),
                Arguments.of("{\"a\":" + "[".repeat(102), 400, "malformed"),
                Arguments.of(GOOD.replace("finance", "Finance!"), 400, "malformed"),
                Arguments.of(GOOD.replace("\"data\":1", "\"data\":1,\"data\":2"), 400, "malformed"),
                Arguments.of(other, 403, "forbidden"),
                Arguments.of(huge, 413, "too_large"));
    }

    @ParameterizedTest
    @MethodSource("batchesWithOneWrong")
    void shouldPublishNothingOfABatchWhenOneOfItsEventsIsWrong(String wrong, int status, String code) throws Exception {
        String batch = "[" + event("a", FINANCE) + "," + event("b", STAFF) + "," + wrong + "]";

        JsonObject problem = server.events(BATCH, batch).token("acme").send().problem(status, code);

        assertThat(problem.getInteger("index")).isEqualTo(2);
        assertThat(problem.getString("detail")).startsWith("event 2 of the batch: ");
        assertNothingPublished();
    }

    @Test
    void shouldRefuseABatchOfMoreThanAThousandEvents() throws Exception {
        String batch = IntStream.range(0, 1_001)
                .mapToObj(i -> event("e" + i, FINANCE))
                .collect(Collectors.joining(",", "[", "]"));

        server.events(BATCH, batch).token("acme").send().problem(413, "too_large");
        assertNothingPublished();
    }

    static Stream<Arguments> tooLarge() {
        return Stream.of(
                Arguments.of(STRUCTURED, 65_537, false),
                Arguments.of(STRUCTURED, 65_537, true),
                Arguments.of(STRUCTURED, 8 << 20, false),
                Arguments.of(STRUCTURED, 8 << 20, true),
                Arguments.of(BATCH, (1 << 20) + 1, false),
                Arguments.of(BATCH, (1 << 20) + 1, true));
    }

    /** The client must see the answer although it still sends, and the connection must be of use afterwards. */
    @ParameterizedTest(name = "{0} of {1} bytes, chunked: {2}")
    @MethodSource("tooLarge")
    void shouldRefuseABodyThatIsTooLarge(String contentType, int bytes, boolean chunked) throws Exception {
        byte[] body = " ".repeat(bytes).getBytes(StandardCharsets.US_ASCII);
        PublishServer.Post post = server.events(contentType, "").token("acme");

        Reply reply = (chunked
                        ? post.body(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)))
                        : post.body(BodyPublishers.ofByteArray(body)))
                .send();

        reply.problem(413, "too_large");
        assertNothingPublished();
        assertThat(server.events(STRUCTURED, GOOD).token("acme").send().status())
                .isEqualTo(200);
    }

    @Test
    void shouldRefuseABodyThatIsTooLargeOverHttp2() throws Exception {
        server.events(STRUCTURED, GOOD).token("acme").http2().send();
        server.events(STRUCTURED, "x".repeat(300_000))
                .token("acme")
                .http2()
                .send()
                .problem(413, "too_large");
        server.events(STRUCTURED, "x".repeat(300_000)).http2().send().problem(401, "unauthorized");
        assertThat(server.events(STRUCTURED, event("2", FINANCE))
                        .token("acme")
                        .http2()
                        .send()
                        .status())
                .isEqualTo(200);
    }

    @Test
    void shouldRefuseABinaryEventThatIsTooLargeWithItsAttributes() throws Exception {
        send(binary().header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString("\"" + "x".repeat(65_500) + "\"")))
                .problem(413, "too_large");
    }

    @Test
    void shouldTellAClientThatAsksFirstToGoOn() throws Exception {
        try (RawSocket socket = new RawSocket(server.port())) {
            socket.head(post("acme", "Content-Length: " + GOOD.length(), "Expect: 100-continue"));
            assertThat(socket.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 100");
            socket.send(GOOD);
            assertThat(socket.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void shouldRefuseAClientThatAsksFirstBeforeItSends() throws Exception {
        try (RawSocket socket = new RawSocket(server.port())) {
            socket.head(post("acme", "Content-Length: 70000", "Expect: 100-continue"));
            assertThat(socket.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 413");
        }
        try (RawSocket socket = new RawSocket(server.port())) {
            socket.head(post("forged", "Content-Length: 70", "Expect: 100-continue"));
            assertThat(socket.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 401");
        }
        try (RawSocket socket = new RawSocket(server.port())) {
            socket.head(post("acme", "Content-Length: 70", "Expect: the-unexpected"));
            assertThat(socket.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 417");
        }
    }

    @Test
    void shouldAnswer408AndCloseWhenABodyDoesNotArrive() throws Exception {
        startImpatient();
        try (RawSocket socket = new RawSocket(server.port())) {
            socket.head(post("acme", "Content-Length: 500")).send("{\"specversion\":");
            String answer = socket.readToEnd();

            assertThat(answer).startsWith("HTTP/1.1 408").contains("urn:sluice:problem:timeout");
        }
        assertNothingPublished();
    }

    @Test
    void shouldCloseWhenTheRestOfARefusedBodyNeverEnds() throws Exception {
        startImpatient();
        try (RawSocket socket = new RawSocket(server.port())) {
            socket.head(post("forged", "Content-Length: 500")).send("x");

            assertThat(socket.readToEnd()).startsWith("HTTP/1.1 401");
        }
    }

    @Test
    void shouldAnswer429WhenTooManyBodiesAreBeingRead() throws Exception {
        try (RawSocket one = new RawSocket(server.port());
                RawSocket two = new RawSocket(server.port())) {
            beginBatch(one, "acme");
            server.events(STRUCTURED, GOOD).token("acme").send().problem(429, "org_busy");
            assertThat(server.ofOrg("sluice.org.publishes.refused", "acme")).isEqualTo(1);
            beginBatch(two, "any-org");
            server.events(STRUCTURED, GOOD).token("any-org").send().problem(429, "busy");
        }
        // Both clients went away in the middle: their room is free again.
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(server.events(BATCH, "[" + GOOD + "]")
                        .token("acme")
                        .send()
                        .status())
                .isEqualTo(200));
    }

    private static void beginBatch(RawSocket socket, String token) throws Exception {
        socket.head(RawSocket.post(
                IngestRoutes.PATH, token, BATCH, "Content-Length: " + (1 << 20), "Expect: 100-continue"));
        assertThat(socket.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 100");
    }

    @Test
    void shouldAnswer429WhenTheQueueIsFull() throws Exception {
        FaultyLog.Held held = server.log().hold();
        String batch = IntStream.range(0, 1_000)
                .mapToObj(i -> event("e" + i, STAFF))
                .collect(Collectors.joining(",", "[", "]"));
        HttpClient client = HttpClient.newHttpClient();
        var first = client.sendAsync(
                HttpRequest.newBuilder(server.uri(IngestRoutes.PATH))
                        .header("Authorization", "Bearer acme")
                        .header("Content-Type", BATCH)
                        .POST(BodyPublishers.ofString(batch))
                        .build(),
                BodyHandlers.ofString());
        await().atMost(Duration.ofSeconds(10))
                .until(() -> !server.log().attempts().isEmpty());

        server.events(STRUCTURED, GOOD).token("acme").send().problem(429, "busy");

        server.log().behave(server.log()::apply);
        held.releaseAll();
        assertThat(first.get().statusCode()).isEqualTo(200);
        assertThat(server.events(STRUCTURED, GOOD).token("acme").send().status())
                .isEqualTo(200);
    }

    @Test
    void shouldAnswer503WithAnUnknownOutcomeWhenTheLogDoesNotAnswerAndTakeTheSameAgainLater() throws Exception {
        startImpatient();
        server.log().behave(server.log()::failAfter);
        JsonObject problem =
                server.events(STRUCTURED, GOOD).token("acme").send().problem(503, "unavailable");
        assertThat(problem.getString("detail"))
                .contains("the outcome is unknown")
                .contains("no quorum");

        server.log().behave(server.log()::apply);
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(server.events(STRUCTURED, GOOD)
                        .token("acme")
                        .send()
                        .results()
                        .getJsonObject(0)
                        .getBoolean("duplicate"))
                .isTrue());
        assertThat(server.log().stored(FINANCE)).containsExactly(GOOD);
    }

    @Test
    void shouldAnswer503AtOnceWhileTheBreakerIsOpen() throws Exception {
        startImpatient();
        server.log().behave(server.log()::failBefore);
        List<Reply> replies = new ArrayList<>();
        for (int i = 0; i < 10 && replies.stream().noneMatch(IngestRefusalIT::isRefusedByTheBreaker); i++) {
            replies.add(server.events(STRUCTURED, event("x" + i, i % 2 == 0 ? FINANCE : STAFF))
                    .token("acme")
                    .send());
        }
        assertThat(replies).anyMatch(IngestRefusalIT::isRefusedByTheBreaker);
        replies.get(replies.size() - 1).problem(503, "unavailable");
    }

    private static boolean isRefusedByTheBreaker(Reply reply) {
        return reply.json().getString("detail").contains("not available at the moment");
    }

    @Test
    void shouldTellWhichEventsOfABatchWereTakenWhenStreamsEndDifferently() throws Exception {
        startImpatient();
        assertThat(FINANCE.shard(4)).isNotEqualTo(STAFF.shard(4));
        server.log()
                .behave(commit -> commit.shard() == STAFF.shard(4)
                        ? FaultyLog.unavailable()
                        : server.log().apply(commit));
        String batch = "[" + event("1", FINANCE) + "," + event("2", STAFF) + "," + event("3", FINANCE) + "]";

        JsonObject problem = server.events(BATCH, batch).token("acme").send().problem(503, "unavailable");

        assertThat(problem.getJsonArray("results").stream()
                        .map(JsonObject.class::cast)
                        .map(result -> result.getString("id") + "@" + result.getLong("seq")))
                .containsExactly("1@1", "3@2");

        // All of it again is the way to go on.
        server.log().behave(server.log()::apply);
        Reply again = server.events(BATCH, batch).token("acme").send();
        assertThat(again.results().stream().map(JsonObject.class::cast).map(result -> result.getBoolean("duplicate")))
                .containsExactly(true, false, true);
    }

    @Test
    void shouldAnswer429WhenTheOrgHasAllItsStreams() throws Exception {
        server.stop();
        server = PublishServer.start(new FaultyLog(1, 1));
        server.events(STRUCTURED, GOOD).token("acme").send();

        JsonObject problem = server.events(STRUCTURED, event("1", STAFF))
                .token("acme")
                .send()
                .problem(429, "stream_limit");
        assertThat(problem.getString("detail")).contains("'staff'");
    }

    @Test
    void shouldAnswer503WhenThePublisherIsClosed() throws Exception {
        server.publisher().close().await(10, java.util.concurrent.TimeUnit.SECONDS);

        server.events(STRUCTURED, GOOD).token("acme").send().problem(503, "unavailable");
    }

    @Test
    void shouldAnswerInTheSameFormWhereThereIsNothing() throws Exception {
        server.post("/nowhere").send().problem(404, "not_found");
        Reply get = new Reply(HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(server.uri(IngestRoutes.PATH)).build(), BodyHandlers.ofString()));
        get.problem(405, "method_not_allowed");
    }

    @Test
    void shouldSendNoCorsHeaders() throws Exception {
        Reply reply = server.events(STRUCTURED, GOOD)
                .token("acme")
                .header("Origin", "https://elsewhere.example")
                .send();

        assertThat(reply.http().headers().map().keySet()).noneMatch(name -> name.startsWith("access-control"));
    }

    private void startImpatient() throws Exception {
        server.stop();
        server = PublishServer.startImpatient();
    }

    private void assertNothingPublished() {
        assertThat(server.log().attempts()).isEmpty();
    }

    private HttpRequest.Builder binary() {
        return HttpRequest.newBuilder(server.uri(IngestRoutes.PATH))
                .header("Authorization", "Bearer acme")
                .header("ce-specversion", "1.0")
                .header("ce-id", "1")
                .header("ce-source", "/s")
                .header("ce-type", "t")
                .header("ce-service", "finance");
    }

    private static Reply send(HttpRequest.Builder request) throws Exception {
        return new Reply(HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .build()
                .send(request.build(), BodyHandlers.ofString()));
    }

    private static String[] post(String token, String... more) {
        return RawSocket.post(IngestRoutes.PATH, token, STRUCTURED, more);
    }

    private static String event(String id, StreamKey key) {
        return "{\"specversion\":\"1.0\",\"id\":\"" + id + "\",\"source\":\"/s\",\"type\":\"t\",\"org\":\"" + key.org()
                + "\",\"service\":\"" + key.service() + "\",\"data\":1}";
    }
}
