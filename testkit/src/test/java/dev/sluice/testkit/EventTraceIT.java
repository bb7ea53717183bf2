// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit;

import static dev.sluice.testkit.EventTraces.PATIENCE;
import static dev.sluice.testkit.EventTraces.assertFate;
import static dev.sluice.testkit.EventTraces.await;
import static dev.sluice.testkit.EventTraces.found;
import static dev.sluice.testkit.EventTraces.sessionOf;
import static dev.sluice.testkit.EventTraces.sessionsOf;
import static dev.sluice.testkit.EventTraces.ways;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.Position;
import dev.sluice.stream.StreamKey;
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

    private static final String SERVICE = "finance";

    /** Who stops reading is closed above so many events behind, not as soon as its socket is full. */
    private static final int MAX_LAG = 60;

    private static final Set<String> WRITTEN_OR_NOT = Set.of("delivered", "socket_full");

    private static final int LARGE = 50_000;
    private static final int BATCH = 10;

    /** More than are published to a client until its socket is full and it is closed. */
    private static final int HELD = 300;

    private static TestCluster cluster;
    private static int ids;

    /** Of this test alone. */
    private final String org = "trace-" + ids;

    private final EventTraces traces = new EventTraces(cluster, new StreamKey(org, SERVICE));

    @BeforeAll
    static void start() throws IOException {
        cluster = TestCluster.start(ClusterPlan.of(3)
                .withSwitches()
                .withSettings(Map.of(
                        "SLUICE_LOG_MAX_EVENTS",
                        Integer.toString(HELD),
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
        traces.awaitEnded(first, "gone");
        Subscriber stuck = connect("stuck", 1);
        stuck.stopReading();
        String behind = fillSocketOf("stuck", ann, bea);

        JsonObject waiting = traces.session(0, behind, "stuck");
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
            JsonObject event = found(traces.byId(asked, id));
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
            JsonObject slow = sessionOf(event, "stuck");
            assertThat(slow.getJsonObject("ended").getInteger("code")).isEqualTo(4001);
            assertThat(slow.getJsonObject("ended").getString("reason")).isEqualTo("slow_consumer");
            assertThat(slow.getString("node")).isEqualTo(sessionOf(event, "ann").getString("node"));
            assertThat(sessionOf(event, "gone").getJsonObject("ended").getString("reason"))
                    .isEqualTo("client_gone");
            long committed = event.getLong("committedAt");
            long from = sessionOf(event, "bea").getLong("deliveredFrom");
            assertThat(from).isGreaterThanOrEqualTo(committed);
            assertThat(sessionOf(event, "bea").getLong("deliveredBy")).isBetween(from, System.currentTimeMillis());
            assertThat(traces.session(asked, id, "not-subscribed").getString("fate"))
                    .isEqualTo("not_subscribed");
            assertThat(traces.session(asked, id, "not-allowed").getString("fate"))
                    .isEqualTo("not_allowed");
            assertThat(traces.byId(asked, "never-published").getString("outcome"))
                    .isEqualTo("not_held");
        }
        assertThat(ann.violations()).isEmpty();
        List.of(ann, bea, stranger, staff, limited, stuck, resumed, late).forEach(Subscriber::close);
    }

    @Test
    void shouldSayOfWhichNodesThePushWasLost() throws Exception {
        Subscriber pushed = connect("pushed", 2);
        Subscriber fetching = connect("fetching", 1);
        String id = publish(1, 10);
        traces.awaitFate(id, "pushed", "delivered");
        cluster.faults().dropPushes(100);
        String lost = publish(1, 10);
        traces.awaitFate(lost, "fetching", "delivered");
        traces.awaitFate(lost, "pushed", "delivered");
        cluster.faults().dropPushes(0);

        assertThat(ways(found(traces.byId(0, lost))))
                .as("the node that published it hands it to itself over the bus, too")
                .contains("fetched")
                .doesNotContain("pushed");
        pushed.close();
        fetching.close();
    }

    @Test
    void shouldSayByItsPositionWhyAnEventThatHasExpiredDidNotCome() throws Exception {
        Subscriber reading = connect("reading", 1);
        Subscriber away = connect("away", 2);
        String id = publish(1, 10);
        away.awaitReceived(1, PATIENCE);
        away.drop();
        traces.awaitEnded(id, "away");
        Position before = away.cursors().get(SERVICE);
        publish(2 * HELD, 10);
        reading.awaitReceived(1 + 2 * HELD, PATIENCE);
        away.connect(node(0).uri());

        String missed = before.epoch() + ":" + (before.seq() + 1);
        for (int asked = 0; asked < 3; asked++) {
            assertThat(traces.byId(asked, id).getString("outcome")).isEqualTo("not_held");
            JsonObject trace = traces.byPosition(asked, missed);
            assertThat(trace.getString("outcome")).isEqualTo("not_held");
            JsonObject event = trace.getJsonArray("events").getJsonObject(0);
            assertThat(event.getValue("committedAt")).isNull();
            assertFate(event, "reading", "delivered", null);
            List<JsonObject> both = sessionsOf(event, "away");
            assertThat(both)
                    .extracting(session -> session.getString("fate"))
                    .containsExactly("ended_before", "began_later");
            assertThat(both.get(1).getString("reason")).isEqualTo("expired");
        }
        reading.close();
        away.close();
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
    private String fillSocketOf(String user, Subscriber... others) throws IOException {
        String[] last = {""};
        await("the socket of " + user + " is full", () -> {
            last[0] = publish(BATCH, LARGE);
            awaitReceived(last[0], others);
            await("no more is written", () -> WRITTEN_OR_NOT.contains(stateOf(last[0], user)));
            return stateOf(last[0], user).equals("socket_full");
        });
        return last[0];
    }

    private String stateOf(String id, String user) throws IOException, InterruptedException {
        JsonObject session = traces.session(0, id, user);
        String reason = session.getString("reason");
        return reason == null ? session.getString("fate") : reason;
    }

    /** Publishes until who is stuck is closed; returns the id of the last event, once the others have been given it. */
    private String closeSlow(String before, String user, Subscriber... others) throws Exception {
        String last = publish(2 * MAX_LAG, 10);
        traces.awaitFate(before, user, "ended_before");
        awaitReceived(last, others);
        return last;
    }

    private static void awaitReceived(String id, Subscriber... subscribers) {
        for (Subscriber subscriber : subscribers) {
            subscriber.await(PATIENCE, "received " + id, has -> has.deliveries().stream()
                    .anyMatch(delivery -> delivery.id().equals(id)));
        }
    }
}
