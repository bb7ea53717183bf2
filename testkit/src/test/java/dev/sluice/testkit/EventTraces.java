// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.StreamKey;
import dev.sluice.stream.auth.Scope;
import dev.sluice.testkit.cluster.TestCluster;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** Asks the nodes of a cluster what became of events of one stream, as an operator. */
final class EventTraces {

    static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final TestCluster cluster;
    private final StreamKey stream;

    EventTraces(TestCluster cluster, StreamKey stream) {
        this.cluster = cluster;
        this.stream = stream;
    }

    /** The answer of one node by an id. */
    JsonObject byId(int node, String id) throws IOException, InterruptedException {
        return ask(node, "id=" + encoded(id));
    }

    /** The answer of one node by a position, {@code epoch:seq}. */
    JsonObject byPosition(int node, String position) throws IOException, InterruptedException {
        return ask(node, "position=" + position);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private JsonObject ask(int node, String query) throws IOException, InterruptedException {
        URI uri = cluster.node(node)
                .uri()
                .resolve("/v2/realtime/admin/trace?org=" + stream.org() + "&service=" + stream.service() + "&" + query);
        HttpRequest request = HttpRequest.newBuilder(uri)
                .timeout(TIMEOUT)
                .header("Authorization", "Bearer " + cluster.token("operators", "root", Scope.ADMIN))
                .build();
        HttpResponse<String> response = cluster.http().send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return new JsonObject(response.body());
    }

    /** The event of an answer, of which the log holds one. */
    static JsonObject found(JsonObject trace) {
        assertThat(trace.getString("outcome")).as(trace.encode()).isEqualTo("found");
        assertThat(trace.getJsonArray("events")).hasSize(1);
        return trace.getJsonArray("events").getJsonObject(0);
    }

    /** The only session of a user, asked for by name. */
    JsonObject session(int node, String id, String user) throws IOException, InterruptedException {
        return sessionOf(found(ask(node, "id=" + encoded(id) + "&user=" + user)), user);
    }

    static List<JsonObject> sessionsOf(JsonObject event, String user) {
        return event.getJsonArray("sessions").stream()
                .map(JsonObject.class::cast)
                .filter(session -> user.equals(session.getString("user")))
                .toList();
    }

    static JsonObject sessionOf(JsonObject event, String user) {
        List<JsonObject> sessions = sessionsOf(event, user);
        assertThat(sessions).as("sessions of " + user).hasSize(1);
        return sessions.get(0);
    }

    /** How the event came to the nodes that hold it. */
    static List<String> ways(JsonObject event) {
        return event.getJsonArray("nodes").stream()
                .map(node -> ((JsonObject) node).getJsonObject("arrival"))
                .filter(Objects::nonNull)
                .map(arrival -> arrival.getString("way"))
                .toList();
    }

    static void assertFate(JsonObject event, String user, String fate, String reason) {
        assertThat(sessionOf(event, user).getString("fate")).as(user).isEqualTo(fate);
        assertThat(sessionOf(event, user).getString("reason")).as(user).isEqualTo(reason);
    }

    void awaitFate(String id, String user, String fate) {
        await(user + " " + fate, () -> fate.equals(session(0, id, user).getString("fate")));
    }

    void awaitEnded(String id, String user) {
        await(user + " ended", () -> session(0, id, user).getJsonObject("ended") != null);
    }

    /** A condition that asks a node. */
    interface Asked {
        boolean holds() throws IOException, InterruptedException;
    }

    static void await(String what, Asked condition) {
        TestCluster.awaitUntil(PATIENCE, what, () -> {
            try {
                return condition.holds();
            } catch (IOException | InterruptedException e) {
                throw new AssertionError(e);
            }
        });
    }
}
