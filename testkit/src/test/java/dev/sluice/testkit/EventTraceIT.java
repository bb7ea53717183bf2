// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.Position;
import dev.sluice.stream.auth.Claims;
import dev.sluice.stream.auth.DevelopmentTokens;
import dev.sluice.stream.auth.Scope;
import dev.sluice.stream.config.Secret;
import dev.sluice.testkit.client.PublishClient;
import dev.sluice.testkit.client.Subscriber;
import dev.sluice.testkit.cluster.ClusterPlan;
import dev.sluice.testkit.cluster.GatewayProcess;
import dev.sluice.testkit.cluster.TestCluster;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What became of an event, asked by its id of every node of a real cluster: it is published by one node, followed on the others, and each
 * session that was not given it has another reason.
 */
@Timeout(240)
class EventTraceIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String SERVICE = "finance";

    /** Who stops reading is closed above so many events behind, not as soon as its socket is full. */
    private static final int MAX_LAG = 60;

    private static final Set<String> WRITTEN_OR_NOT = Set.of("delivered", "socket_full");

    private static final int LARGE = 50_000;
    private static final int BATCH = 10;

    private static TestCluster cluster;
    private static int ids;

    /** Of this test alone. */
    private final String org = "trace-" + ids;

    @BeforeAll
    static void start() throws IOException {
        cluster = TestCluster.start(ClusterPlan.of(3)
                .withSwitches()
                .withSettings(Map.of(
                        "SLUICE_GATEWAY_SESSION_MAX_LAG",
                        Integer.toString(MAX_LAG),
                        "SLUICE_GATEWAY_SESSION_SLOW_SAMPLES",
                        "2")));
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void shouldSayOnEveryNodeWhoWasGivenAnEventAndWhyOthersWereNot() throws Exception {
        Subscriber ann = connect("ann", 1);
        Subscriber bea = connect("bea", 2);
        Subscriber stranger = cluster.subscriber("globex-trace", "stranger", SERVICE);
        stranger.connect(node(2).uri());
        Subscriber staff = cluster.subscriber(org, "not-subscribed", "staff");
        staff.connect(node(2).uri());
        Subscriber limited = new Subscriber(cluster.http(), limitedTo("staff", "not-allowed"), List.of("staff"));
        limited.connect(node(0).uri());
        Subscriber gone = connect("gone", 2);
        gone.drop();
        String first = publish(1, 10);
        await(
                "the node sees that a client is gone",
                () -> only(0, first, "gone").getJsonObject("ended") != null);
        Subscriber stuck = connect("stuck", 1);
        stuck.stopReading();
        String behind = fillSocketOf("stuck");

        JsonObject waiting = only(0, behind, "stuck");
        assertThat(waiting.getString("fate")).isEqualTo("behind");
        assertThat(waiting.getString("reason")).isEqualTo("socket_full");
        assertThat(waiting.getLong("lag")).isBetween(1L, (long) MAX_LAG);
        String id = closeSlow(behind, "stuck", ann, bea);
        Position last = ann.cursors().get(SERVICE);
        Subscriber resumed = cluster.subscriber(org, "resumed", SERVICE);
        resumed.setCursor(SERVICE, last);
        resumed.connect(node(0).uri());
        Subscriber late = connect("late", 0);

        for (int asked = 0; asked < 3; asked++) {
            JsonObject event = found(trace(asked, id, ""));
            assertThat(event.getString("position")).isEqualTo(last.toString());
            assertThat(event.getJsonArray("silent")).isEmpty();
            assertThat(event.getJsonArray("nodes")).hasSize(3).allSatisfy(node -> assertThat(
                            ((JsonObject) node).getBoolean("answers"))
                    .isTrue());
            assertThat(event.encode()).as("nothing of another org").doesNotContain("stranger", "globex");
            assertFate(event, "ann", "delivered", null);
            assertFate(event, "bea", "delivered", null);
            assertFate(event, "gone", "ended_before", "client_gone");
            assertFate(event, "stuck", "ended_before", "slow_consumer");
            assertFate(event, "resumed", "had_before", null);
            assertFate(event, "late", "began_later", "latest");
            assertThat(event.getJsonObject("counts").getMap())
                    .containsExactlyInAnyOrderEntriesOf(Map.of(
                            "delivered",
                            2,
                            "ended_before",
                            2,
                            "had_before",
                            1,
                            "began_later",
                            1,
                            "not_allowed",
                            1,
                            "not_subscribed",
                            1));
            JsonObject slow = of(event, "stuck");
            assertThat(slow.getJsonObject("ended").getInteger("code")).isEqualTo(4001);
            assertThat(slow.getJsonObject("ended").getString("reason")).isEqualTo("slow_consumer");
            assertThat(slow.getString("node")).isEqualTo(of(event, "ann").getString("node"));
            assertThat(of(event, "gone").getJsonObject("ended").getString("reason"))
                    .isEqualTo("client_gone");
            long committed = event.getLong("committedAt");
            long from = of(event, "bea").getLong("deliveredFrom");
            assertThat(from).isGreaterThanOrEqualTo(committed);
            assertThat(of(event, "bea").getLong("deliveredBy")).isBetween(from, System.currentTimeMillis());
            assertThat(only(asked, id, "not-subscribed").getString("fate")).isEqualTo("not_subscribed");
            assertThat(only(asked, id, "not-allowed").getString("fate")).isEqualTo("not_allowed");
            assertThat(trace(asked, "never-published", "").getString("outcome")).isEqualTo("not_held");
        }
        assertThat(ann.violations()).isEmpty();
        List.of(ann, bea, stranger, staff, limited, stuck, resumed, late).forEach(Subscriber::close);
    }

    @Test
    void shouldSayOfWhichNodesThePushWasLost() throws Exception {
        Subscriber pushed = connect("pushed", 2);
        Subscriber fetching = connect("fetching", 1);
        String id = publish(1, 10);
        awaitFate(id, "pushed", "delivered");
        cluster.faults().dropPushes(100);
        String lost = publish(1, 10);
        awaitFate(lost, "fetching", "delivered");
        awaitFate(lost, "pushed", "delivered");
        cluster.faults().dropPushes(0);

        assertThat(ways(found(trace(0, lost, ""))))
                .as("the node that published it hands it to itself over the bus, too")
                .contains("fetched")
                .doesNotContain("pushed");
        pushed.close();
        fetching.close();
    }

    private static List<String> ways(JsonObject event) {
        return event.getJsonArray("nodes").stream()
                .map(node -> ((JsonObject) node).getJsonObject("arrival"))
                .filter(arrival -> arrival != null)
                .map(arrival -> arrival.getString("way"))
                .toList();
    }

    private Subscriber connect(String user, int node) throws IOException {
        Subscriber subscriber = cluster.subscriber(org, user, SERVICE);
        subscriber.connect(node(node).uri());
        return subscriber;
    }

    private static GatewayProcess node(int index) {
        return cluster.node(index);
    }

    private String limitedTo(String service, String user) {
        Claims claims = new Claims(
                Optional.of(org),
                Optional.of(user),
                Optional.of(Set.of(service)),
                Set.of(Scope.READ),
                Instant.now().plus(Duration.ofHours(1)));
        return new DevelopmentTokens(new Secret(cluster.secret()), Clock.systemUTC()).mint(claims);
    }

    /** By the first node; returns the id of the last. */
    private String publish(int count, int padding) throws IOException {
        List<JsonObject> events = IntStream.range(0, count)
                .mapToObj(i -> PublishClient.event(
                        SERVICE, "trace " + ids++, new JsonObject().put("text", "x".repeat(padding))))
                .toList();
        cluster.publisher(org).publish(node(0).uri(), events);
        return events.get(count - 1).getString("id");
    }

    /** Publishes until a client that does not read is behind; a few events only, for that alone must not close it. */
    private String fillSocketOf(String user) throws IOException {
        String[] last = {""};
        await("the socket of " + user + " is full", () -> {
            last[0] = publish(BATCH, LARGE);
            await("no more is written", () -> WRITTEN_OR_NOT.contains(stateOf(last[0], user)));
            return stateOf(last[0], user).equals("socket_full");
        });
        return last[0];
    }

    private String stateOf(String id, String user) throws IOException, InterruptedException {
        JsonObject session = only(0, id, user);
        String reason = session.getString("reason");
        return reason == null ? session.getString("fate") : reason;
    }

    /** Publishes until who is stuck is closed; returns the id of the last event, once the others have been given it. */
    private String closeSlow(String before, String user, Subscriber... others) throws Exception {
        String last = publish(2 * MAX_LAG, 10);
        awaitFate(before, user, "ended_before");
        for (Subscriber other : others) {
            other.await(PATIENCE, "has received " + last, has -> has.deliveries().stream()
                    .anyMatch(delivery -> delivery.id().equals(last)));
        }
        return last;
    }

    private void awaitFate(String id, String user, String fate) {
        await(user + " " + fate, () -> fate.equals(only(0, id, user).getString("fate")));
    }

    /** A condition that asks a node. */
    private interface Asked {
        boolean holds() throws IOException, InterruptedException;
    }

    private static void await(String what, Asked condition) {
        TestCluster.awaitUntil(PATIENCE, what, () -> {
            try {
                return condition.holds();
            } catch (IOException | InterruptedException e) {
                throw new AssertionError(e);
            }
        });
    }

    private static void assertFate(JsonObject event, String user, String fate, String reason) {
        assertThat(of(event, user).getString("fate")).as(user).isEqualTo(fate);
        assertThat(of(event, user).getString("reason")).as(user).isEqualTo(reason);
    }

    private JsonObject only(int node, String id, String user) throws IOException, InterruptedException {
        return of(found(trace(node, id, "&user=" + user)), user);
    }

    private static JsonObject of(JsonObject event, String user) {
        List<JsonObject> sessions = event.getJsonArray("sessions").stream()
                .map(JsonObject.class::cast)
                .filter(session -> user.equals(session.getString("user")))
                .toList();
        assertThat(sessions).as("sessions of " + user).hasSize(1);
        return sessions.get(0);
    }

    private static JsonObject found(JsonObject trace) {
        assertThat(trace.getString("outcome")).as(trace.encode()).isEqualTo("found");
        assertThat(trace.getJsonArray("events")).hasSize(1);
        return trace.getJsonArray("events").getJsonObject(0);
    }

    private JsonObject trace(int node, String id, String further) throws IOException, InterruptedException {
        URI uri = node(node)
                .uri()
                .resolve("/v2/realtime/admin/trace?org=" + org + "&service=" + SERVICE + "&id="
                        + URLEncoder.encode(id, StandardCharsets.UTF_8) + further);
        HttpRequest request = HttpRequest.newBuilder(uri)
                .timeout(Duration.ofSeconds(30))
                .header("Authorization", "Bearer " + cluster.token("operators", "root", Scope.ADMIN))
                .build();
        HttpResponse<String> response = cluster.http().send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return new JsonObject(response.body());
    }
}
