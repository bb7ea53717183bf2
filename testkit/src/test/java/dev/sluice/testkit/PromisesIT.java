// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.Position;
import dev.sluice.stream.StreamKey;
import dev.sluice.testkit.client.Delivery;
import dev.sluice.testkit.client.PublishClient;
import dev.sluice.testkit.client.Subscriber;
import dev.sluice.testkit.cluster.ClusterVisitor;
import dev.sluice.testkit.cluster.GatewayProcess;
import dev.sluice.testkit.cluster.TestCluster;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The promises of PROTOCOL section 2, one test each, against three real processes. */
@Timeout(180)
class PromisesIT {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String ORG = "acme-promises";

    private static TestCluster cluster;

    @BeforeAll
    static void start() throws IOException {
        cluster = TestCluster.start(3);
    }

    @AfterAll
    static void stop() {
        List<List<JsonObject>> errors =
                cluster.nodes().stream().map(GatewayProcess::errors).toList();
        cluster.close();
        // As long as it stood: who leaves a whole cluster last loses the quorum, and says so.
        assertThat(errors).as("errors logged by each node").allSatisfy(logged -> assertThat(logged)
                .isEmpty());
        assertThat(cluster.nodes()).allSatisfy(node -> assertThat(node.exitCode())
                .as("exit code after SIGTERM")
                .isZero());
    }

    @Test
    void p1OrderShouldBeTheSameForEverybodyWhenSeveralNodesPublish() throws IOException {
        String service = service();
        List<Subscriber> subscribers = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            Subscriber subscriber = cluster.subscriber(ORG, "p1-" + i, service);
            subscriber.connect(node(i));
            subscribers.add(subscriber);
        }
        CompletableFuture.allOf(IntStream.range(0, 3)
                        .mapToObj(door -> CompletableFuture.runAsync(() -> publish(service, door, 200, 5)))
                        .toArray(CompletableFuture[]::new))
                .join();
        subscribers.forEach(subscriber -> subscriber.awaitReceived(600, PATIENCE));
        List<String> ids = ids(subscribers.get(0));
        for (Subscriber subscriber : subscribers) {
            assertThat(subscriber.violations()).isEmpty();
            assertThat(ids(subscriber)).isEqualTo(ids);
            subscriber.close();
        }
        for (int door = 0; door < 3; door++) {
            String prefix = "d" + door + "-";
            assertThat(ids.stream().filter(id -> id.startsWith(prefix)))
                    .as("what one publisher sent keeps its order")
                    .containsExactlyElementsOf(
                            IntStream.range(0, 200).mapToObj(i -> prefix + i).toList());
        }
    }

    @Test
    void p2NoDuplicateShouldBeSeenWhenAClientComesBackAgainAndAgain() throws IOException {
        String service = service();
        Subscriber subscriber = cluster.subscriber(ORG, "p2", service);
        Random random = new Random(2);
        subscriber.connect(node(0));
        CompletableFuture<Void> publishing = CompletableFuture.runAsync(() -> publish(service, 0, 400, 1));
        while (!publishing.isDone()) {
            subscriber.drop();
            subscriber.connect(node(random.nextInt(3)));
        }
        publishing.join();
        subscriber.awaitReceived(400, PATIENCE);
        assertThat(subscriber.violations()).isEmpty();
        assertThat(ids(subscriber)).doesNotHaveDuplicates().hasSize(400);
        subscriber.close();
    }

    @Test
    void p3LossShouldBeAnnouncedWhenWhatWasMissedIsNoLongerHeld() throws IOException {
        String service = service();
        Subscriber subscriber = cluster.subscriber(ORG, "p3", service);
        subscriber.connect(node(0));
        publish(service, 0, 10, 10);
        subscriber.awaitReceived(10, PATIENCE);
        Position early = subscriber.cursors().get(service);
        subscriber.drop();
        publish(service, 1, 1_500, 100);
        subscriber.connect(node(2));
        JsonObject subscribed = subscribed(subscriber);
        assertThat(subscribed.getBoolean("recovered")).isFalse();
        assertThat(subscribed.getString("reason")).isEqualTo("expired");
        assertThat(subscribed.getLong("earliest")).isGreaterThan(early.seq() + 1);

        subscriber.drop();
        subscriber.setCursor(service, new Position("otherEpoch", 3));
        subscriber.connect(node(1));
        assertThat(subscribed(subscriber).getString("reason")).isEqualTo("epoch_changed");

        subscriber.drop();
        subscriber.setCursor(service, new Position(early.epoch(), 1_000_000));
        subscriber.connect(node(0));
        assertThat(subscribed(subscriber).getString("reason")).isEqualTo("unknown_position");

        publish(service, 0, 5, 5);
        subscriber.awaitReceived(15, PATIENCE);
        assertThat(subscriber.violations()).isEmpty();
        subscriber.close();
    }

    @Test
    void p5PublishShouldBeIdempotentWhenTheSameIdComesAgainThroughAnotherNode() throws IOException {
        String service = service();
        Subscriber subscriber = cluster.subscriber(ORG, "p5", service);
        subscriber.connect(node(1));
        List<JsonObject> events = events(service, "same", 0, 20);
        JsonArray first = cluster.publisher(ORG).publish(node(0), events);
        JsonArray again = cluster.publisher(ORG).publish(node(2), events);
        publish(service, 0, 1, 1);
        subscriber.awaitReceived(21, PATIENCE);
        for (int i = 0; i < 20; i++) {
            assertThat(first.getJsonObject(i).getBoolean("duplicate")).isFalse();
            assertThat(again.getJsonObject(i).getBoolean("duplicate")).isTrue();
            assertThat(again.getJsonObject(i).getLong("seq"))
                    .isEqualTo(first.getJsonObject(i).getLong("seq"));
        }
        assertThat(ids(subscriber)).hasSize(21).doesNotHaveDuplicates();
        subscriber.close();
    }

    @Test
    void p6AnyNodeShouldHonourACursorWhenItWasObtainedOnAnother() throws IOException {
        String service = service();
        Subscriber subscriber = cluster.subscriber(ORG, "p6", service);
        int expected = 0;
        for (int round = 0; round < 12; round++) {
            subscriber.connect(node(round));
            publish(service, round + 1, 7, 3);
            expected += 7;
            subscriber.awaitReceived(expected, PATIENCE);
            subscriber.drop();
            publish(service, round, 30, 10);
            expected += 30;
            // At once on the next node: it may not have seen yet what the cursor's node delivered.
        }
        subscriber.connect(node(2));
        subscriber.awaitReceived(expected, PATIENCE);
        assertThat(subscriber.violations()).isEmpty();
        assertThat(subscriber.deliveries().stream().map(Delivery::seq))
                .doesNotHaveDuplicates()
                .hasSize(expected);
        subscriber.close();
    }

    @Test
    void p7NothingOfAnotherOrgShouldBeVisible() throws IOException, InterruptedException {
        String service = service();
        Subscriber mine = cluster.subscriber(ORG, "p7", service);
        Subscriber other = cluster.subscriber("globex", "p7", service);
        mine.connect(node(0));
        other.connect(node(0));
        publish(service, 0, 50, 10);
        mine.awaitReceived(50, PATIENCE);
        cluster.publisher("globex").publish(node(0), events(service, "theirs", 0, 1));
        other.awaitReceived(1, PATIENCE);
        assertThat(ids(other)).containsExactly("theirs0");
        assertThat(ids(mine)).hasSize(50).doesNotContain("theirs0");

        JsonObject foreign = PublishClient.event(service, "x", new JsonObject()).put("org", ORG);
        HttpResponse<String> refused =
                cluster.publisher("globex").send(node(0), "application/cloudevents+json", foreign.encode());
        assertThat(refused.statusCode()).isEqualTo(403);
        for (String path : List.of("/metrics", "/v2/realtime/metrics", "/health/ready")) {
            String body = cluster.http()
                    .send(HttpRequest.newBuilder(node(0).resolve(path)).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
            assertThat(body)
                    .as(path)
                    .doesNotContain(ORG)
                    .doesNotContain("globex")
                    .doesNotContain(service);
        }
        mine.close();
        other.close();
    }

    @Test
    void p8MemoryShouldBeBoundedWhenAStreamIsFloodedAndAClientDoesNotRead() throws IOException {
        String service = service();
        Subscriber slow = cluster.subscriber(ORG, "p8-slow", service);
        Subscriber quick = cluster.subscriber(ORG, "p8-quick", service);
        slow.connect(node(0));
        quick.connect(node(0));
        slow.stopReading();
        publish(service, 1, 3_000, 100);
        quick.awaitReceived(3_000, PATIENCE);
        long buffered = (long) prometheus(node(0), "sluice_hub_buffer_bytes");
        assertThat(buffered).isPositive().isLessThan(64L << 20);
        Subscriber late = cluster.subscriber(ORG, "p8-late", service);
        late.setCursor(service, new Position(quick.cursors().get(service).epoch(), 0));
        late.connect(node(2));
        assertThat(subscribed(late).getLong("earliest"))
                .as("the log keeps about 1 000 events and says where they begin")
                .isBetween(1_900L, 2_101L);
        slow.resumeReading();
        slow.awaitReceived(3_000, PATIENCE);
        assertThat(slow.violations()).isEmpty();
        assertThat(quick.violations()).isEmpty();
        slow.close();
        quick.close();
        late.close();
    }

    /** vert.x #4394 and others: nobody is told. Nothing is published meanwhile, so no polling can notice. */
    @Test
    void pushesShouldComeAgainWhenTheClusterHasForgottenWhoWantsThem() throws IOException {
        String service = service();
        StreamKey stream = new StreamKey(ORG, service);
        try (Subscriber subscriber = cluster.subscriber(ORG, "canary", service);
                ClusterVisitor visitor = cluster.visit()) {
            subscriber.connect(node(0));
            // Joining makes every registration anew, too.
            double arrived = prometheus(node(0), "sluice_canary_arrived_total");
            TestCluster.awaitUntil(
                    PATIENCE,
                    "the canaries have found each other",
                    () -> visitor.registrations(stream) > 0
                            && prometheus(node(0), "sluice_canary_arrived_total") > arrived + 8);
            double repairs = prometheus(node(0), "sluice_canary_repairs_total");
            visitor.forgetRegistrations(stream);
            TestCluster.awaitUntil(
                    PATIENCE,
                    "the registration is made again",
                    () -> prometheus(node(0), "sluice_canary_repairs_total") > repairs
                            && visitor.registrations(stream) > 0);
            double missed = prometheus(node(0), "sluice_pushes_missed_total");
            publish(service, 1, 20, 1);
            subscriber.awaitReceived(20, PATIENCE);
            assertThat(prometheus(node(0), "sluice_pushes_missed_total"))
                    .as("what polling found before a push came")
                    .isEqualTo(missed);
            assertThat(prometheus(node(0), "sluice_canary_lost_total")).isPositive();
            assertThat(subscriber.violations()).isEmpty();
        }
    }

    private static double prometheus(URI node, String name) {
        try {
            String text = cluster.http()
                    .send(
                            HttpRequest.newBuilder(node.resolve("/metrics")).build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
            return text.lines()
                    .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                    .sum();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static JsonObject subscribed(Subscriber subscriber) {
        return subscriber.frames().stream()
                .filter(frame -> "subscribed".equals(frame.getString("type")))
                .findFirst()
                .orElseThrow();
    }

    /** Publishes in order, so many at a time. */
    private static void publish(String service, int door, int count, int batch) {
        PublishClient publisher = cluster.publisher(ORG);
        try {
            String prefix = "d" + door + "-";
            for (int from = 0; from < count; from += batch) {
                publisher.publish(node(door), events(service, prefix, from, Math.min(count, from + batch)));
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<JsonObject> events(String service, String prefix, int from, int to) {
        // The source is new each time, or ids of an earlier round would be duplicates of this one's.
        String source = "/testkit/" + UUID.randomUUID();
        return IntStream.range(from, to)
                .mapToObj(i -> PublishClient.event(service, prefix + i, new JsonObject().put("n", i))
                        .put("source", source))
                .toList();
    }

    private static List<String> ids(Subscriber subscriber) {
        return subscriber.deliveries().stream().map(Delivery::id).toList();
    }

    private static URI node(int index) {
        return cluster.node(index % 3).uri();
    }

    private static String service() {
        return "s" + UUID.randomUUID().toString().substring(0, 8);
    }

    /** Shards of one org lie on all nodes, or the tests above would prove less than they say. */
    @Test
    void shardsShouldBeSpreadOverTheNodes() {
        Set<GatewayProcess> owners = new LinkedHashSet<>();
        for (int i = 0; i < 30; i++) {
            owners.add(cluster.ownerOf(new StreamKey(ORG, "spread" + i)));
        }
        assertThat(owners).hasSize(3);
    }
}
