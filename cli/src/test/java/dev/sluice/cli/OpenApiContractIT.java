// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.gateway.interfaces.InterfaceDocument;
import dev.sluice.stream.auth.Claims;
import dev.sluice.stream.auth.DevelopmentTokens;
import dev.sluice.stream.auth.Scope;
import dev.sluice.stream.config.Secret;
import dev.sluice.stream.http.ProblemType;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** {@code openapi.yaml} says of a node's HTTP what the code does, no more and no less: routes, answers, types of problems. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OpenApiContractIT {

    private static final String SECRET = "for this test only, and long enough for HS256";
    private static final String EVENT =
            "{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/t\",\"type\":\"finance.t\",\"service\":\"finance\"}";

    private final InterfaceDocument document = InterfaceDocument.openApi();
    private final HttpClient http = HttpClient.newHttpClient();
    private final Set<String> exercised = new TreeSet<>();
    private final String writer = "Bearer " + token(Scope.READ, Scope.PUBLISH);
    private final String admin = "Bearer " + token(Scope.ADMIN);
    private Node node;

    @BeforeAll
    void start() throws Exception {
        Map<String, String> environment = new HashMap<>();
        environment.put("SLUICE_CLUSTER_NAME", "test-" + UUID.randomUUID());
        environment.put("SLUICE_CLUSTER_LEAVE_TIMEOUT", "5s");
        environment.put("SLUICE_GATEWAY_PORT", "0");
        environment.put("SLUICE_GATEWAY_DRAIN_WINDOW", "0s");
        environment.put("SLUICE_AUTH_SECRET", SECRET);
        node = new Node(new ConfigSource().load(environment), NodeRole.DEMO);
        node.start().await(60, TimeUnit.SECONDS);
    }

    @AfterAll
    void stop() throws Exception {
        node.stop().await(60, TimeUnit.SECONDS);
    }

    @Test
    void shouldHaveEveryRouteAndNoOther() {
        Set<String> described = operations().stream()
                .filter(operation -> !operation.startsWith("OPTIONS ")) // are no routes, but part of others
                .map(operation -> operation.replaceFirst("\\{file}$", "*").replaceAll("\\{(\\w+)}", ":$1"))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(described).isEqualTo(new TreeSet<>(node.routes()));
    }

    @Test
    void shouldHaveEveryTypeOfProblemAndNoOther() {
        List<String> described = document.at("components", "schemas", "problemType").getJsonArray("oneOf").stream()
                .map(JsonObject.class::cast)
                .map(type -> type.getString("const") + " "
                        + type.getString("description").split(" ", 2)[0])
                .toList();

        assertThat(described)
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(ProblemType.values())
                        .map(type -> type.uri() + " " + type.status())
                        .toList());
    }

    @Test
    void shouldAnswerAsItSays() throws Exception {
        String structured = "application/cloudevents+json";
        String batch = "application/cloudevents-batch+json";
        post("/v2/realtime/events", 200, writer, structured, EVENT);
        post("/v2/realtime/events", 200, writer, batch, "[" + EVENT + "]");
        post("/v2/realtime/events", 400, writer, batch, "[" + EVENT + ",{\"specversion\":\"1.0\"}]");
        post("/v2/realtime/events", 401, "Bearer nonsense", structured, EVENT);
        post("/v2/realtime/events", 403, admin, structured, EVENT);
        post("/v2/realtime/events", 415, writer, "text/plain", EVENT);
        post("/finance/revenue", 201, writer, "application/json", "{\"amount\":\"1.50\",\"currency\":\"EUR\"}");
        post("/finance/revenue", 400, writer, "application/json", "{\"amount\":\"1.50\"}");
        get("/v2/realtime/stream", 426, writer);
        get("/v2/realtime/sse?services=finance", 200, writer);
        get("/v2/realtime/sse", 400, writer);
        get("/v2/realtime/sse?services=finance", 401, "Bearer nonsense");
        JsonObject positions = new JsonObject(get("/v2/realtime/poll?services=finance", 200, writer));
        get("/v2/realtime/poll?services=finance&timeoutMs=0&cursor=" + positions.getString("cursor"), 204, writer);
        get("/v2/realtime/poll?services=finance&timeoutMs=soon", 400, writer);
        for (String path : List.of("/v2/realtime/sse", "/v2/realtime/poll", "/v2/realtime/config")) {
            send("OPTIONS", path, 204, writer, null, "");
        }
        JsonObject flags = new JsonObject(get("/v2/realtime/config", 200, writer));
        flags.remove("heartbeatMs");
        document.check("configChange", flags);
        send("PUT", "/v2/realtime/config", 200, admin, "application/json", flags.encode());
        send("PUT", "/v2/realtime/config", 400, admin, "application/json", "{}");
        send("PUT", "/v2/realtime/config", 403, writer, "application/json", flags.encode());
        String revocations = "/v2/realtime/revocations";
        List<String> requests = List.of(
                "{\"org\":\"42\",\"sub\":\"somebody\"}",
                "{\"org\":\"42\",\"sub\":\"somebody\",\"issuedBefore\":" + System.currentTimeMillis() + "}",
                "{\"jti\":\"t-1\"}");
        for (String request : requests) {
            document.check("revocationRequest", new JsonObject(request));
            post(revocations, 200, admin, "application/json", request);
        }
        post(revocations, 400, admin, "application/json", "{}");
        post(revocations, 403, writer, "application/json", requests.get(0));
        get(revocations, 200, admin);
        get(revocations, 403, writer);
        exerciseAdmin();
        for (String path : List.of(
                "/v2/realtime/metrics",
                "/metrics",
                "/health/live",
                "/health/ready",
                "/asyncapi.yaml",
                "/openapi.yaml",
                "/",
                "/console",
                "/console/console.js",
                "/web/demo.js",
                "/client/index.js",
                "/demo/session")) {
            get(path, 200, writer);
        }
        get("/client/nothing.js", 404, writer);

        assertThat(exercised).isEqualTo(new TreeSet<>(operations()));
    }

    private void exerciseAdmin() throws Exception {
        WebSocket socket = http.newWebSocketBuilder()
                .header("authorization", writer)
                .buildAsync(
                        URI.create("ws://127.0.0.1:" + node.port() + "/v2/realtime/stream?services=finance"),
                        new WebSocket.Listener() {})
                .get(30, TimeUnit.SECONDS);
        await().atMost(Duration.ofSeconds(30)).until(() -> !adminSessions().isEmpty());
        String session = adminSessions().getJsonObject(0).getString("session");
        get("/v2/realtime/admin/sessions", 403, writer);
        get("/v2/realtime/admin/sessions?limit=0", 400, admin);
        get("/v2/realtime/admin/sessions/" + session, 200, admin);
        get("/v2/realtime/admin/sessions/nobody", 404, admin);
        get("/v2/realtime/admin/streams", 200, admin);
        exerciseTrace();
        JsonObject cluster = new JsonObject(get("/v2/realtime/admin/cluster", 200, admin));
        assertThat(cluster.getJsonArray("shards")).hasSize(32).allSatisfy(shard -> assertThat(
                        ((JsonObject) shard).getString("owner"))
                .isEqualTo(cluster.getString("asked")));
        send("DELETE", "/v2/realtime/admin/sessions/" + session, 200, admin, null, "");
        send("POST", "/v2/realtime/admin/nodes/nobody/drain", 404, admin, null, "");
        socket.abort();
    }

    /** The event is that of the first publish; its id is in the log of finance once. */
    private void exerciseTrace() throws Exception {
        String trace = "/v2/realtime/admin/trace?org=42&service=finance&id=";
        JsonObject found = new JsonObject(get(trace + "1&source=/t&user=u", 200, admin));
        assertThat(found.getString("outcome")).isEqualTo("found");
        assertThat(found.getJsonArray("events").getJsonObject(0).getJsonArray("sessions"))
                .isNotEmpty();
        assertThat(new JsonObject(get(trace + "nothing", 200, admin)).getString("outcome"))
                .isEqualTo("not_held");
        String position = found.getJsonArray("events").getJsonObject(0).getString("position");
        get("/v2/realtime/admin/trace?org=42&service=finance&position=" + position, 200, admin);
        get("/v2/realtime/admin/trace?org=42&service=nowhere&id=1", 200, admin);
        get("/v2/realtime/admin/trace?org=42&service=finance", 400, admin);
        get(trace + 1, 403, writer);
    }

    private JsonArray adminSessions() throws Exception {
        return new JsonObject(get("/v2/realtime/admin/sessions?q=42", 200, admin)).getJsonArray("sessions");
    }

    private Set<String> operations() {
        Set<String> operations = new TreeSet<>();
        JsonObject paths = document.at("paths");
        for (String path : paths.fieldNames()) {
            for (String method : paths.getJsonObject(path).fieldNames()) {
                operations.add(method.toUpperCase(java.util.Locale.ROOT) + " " + path);
            }
        }
        return operations;
    }

    private void post(String path, int status, String authorization, String contentType, String body) throws Exception {
        send("POST", path, status, authorization, contentType, body);
    }

    private String get(String path, int status, String authorization) throws Exception {
        return send("GET", path, status, authorization, null, "");
    }

    /** Sends a request, and holds the answer against what the document says of it. */
    private String send(String method, String path, int status, String authorization, String contentType, String body)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.port() + path))
                .timeout(Duration.ofSeconds(30))
                .header("authorization", authorization)
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (contentType != null) {
            request.header("content-type", contentType);
        }
        HttpResponse<InputStream> response = http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        assertThat(response.statusCode()).as(method + " " + path).isEqualTo(status);
        String bare = path.replaceFirst("\\?.*", "")
                .replaceFirst("^/(web|client|console)/.+", "/$1/{file}")
                .replaceFirst("(/admin/sessions)/.+", "$1/{session}")
                .replaceFirst("(/admin/nodes)/.+/", "$1/{node}/");
        exercised.add(method + " " + bare);
        return check(response, document.at("paths", bare, method.toLowerCase(java.util.Locale.ROOT), "responses"));
    }

    private String check(HttpResponse<InputStream> response, JsonObject described) throws Exception {
        JsonObject answer =
                described.getJsonObject(Integer.toString(response.statusCode()), described.getJsonObject("default"));
        assertThat(answer)
                .as(response.uri() + " answered " + response.statusCode())
                .isNotNull();
        if (answer.containsKey("$ref")) {
            answer = document.at("components", "responses", "problem");
        }
        String type = response.headers().firstValue("content-type").orElse("").split(";", 2)[0];
        JsonObject content = answer.getJsonObject("content", new JsonObject());
        if (type.equals("text/event-stream")) {
            assertThat(content.fieldNames()).contains(type);
            response.body().close();
            return "";
        }
        String body = new String(response.body().readAllBytes(), StandardCharsets.UTF_8);
        if (content.isEmpty()) {
            assertThat(body).isEmpty();
            return body;
        }
        JsonObject media = content.getJsonObject(type, content.getJsonObject("*/*"));
        assertThat(media).as(response.uri() + " answered " + type).isNotNull();
        if (type.endsWith("json")) {
            document.check(media.getJsonObject("schema"), Json.decodeValue(body));
        }
        return body;
    }

    private static String token(Scope... scopes) {
        Claims claims = new Claims(
                Optional.of("42"),
                Optional.of("u"),
                Optional.empty(),
                Set.of(scopes),
                Instant.now().plusSeconds(600));
        return new DevelopmentTokens(new Secret(SECRET), Clock.systemUTC()).mint(claims);
    }
}
