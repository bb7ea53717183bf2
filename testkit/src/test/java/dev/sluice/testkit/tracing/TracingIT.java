// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.auth.Scope;
import dev.sluice.testkit.client.PublishClient;
import dev.sluice.testkit.client.Subscriber;
import dev.sluice.testkit.cluster.GatewayProcess;
import dev.sluice.testkit.cluster.TestCluster;
import dev.sluice.testkit.tracing.Collector.Taken;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** From a publish on one node to the subscribers of another, as a tracing backend sees it. */
@Timeout(300)
class TracingIT {

    private static final String ORG = "acme-tracing";
    private static final String SERVICE = "finance";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String CALLER_SPAN = "00f067aa0ba902b7";

    @TempDir
    private Path folder;

    private static String traceparent(String trace, String flags) {
        return "00-" + trace + "-" + CALLER_SPAN + "-" + flags;
    }

    private static String trace(int number) {
        return String.format("%032x", 0x4bf92f3577b34da6L + number);
    }

    private static JsonObject event(String id) {
        return PublishClient.event(SERVICE, id, new JsonObject().put(Subscriber.SENT_AT, 0L));
    }

    private static void publish(TestCluster cluster, GatewayProcess node, JsonObject event, String header)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(node.uri().resolve("/v2/realtime/events"))
                .timeout(PATIENCE)
                .header("Content-Type", "application/cloudevents+json")
                .header("Authorization", "Bearer " + cluster.token(ORG, "publisher", Scope.PUBLISH))
                .POST(HttpRequest.BodyPublishers.ofString(event.encode()));
        if (!header.isEmpty()) {
            request.header("traceparent", header);
        }
        HttpResponse<String> response = cluster.http().send(request.build(), HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    }

    /** What a subscriber of a node gets, by the ids of the events. */
    private static Map<String, JsonObject> received(TestCluster cluster, GatewayProcess node)
            throws IOException, InterruptedException {
        HttpRequest poll = HttpRequest.newBuilder(node.uri()
                        .resolve("/v2/realtime/poll?services=" + SERVICE + "&cursor=" + SERVICE + "%3Dearliest"))
                .timeout(PATIENCE)
                .header("Authorization", "Bearer " + cluster.token(ORG, "eve", Scope.READ))
                .build();
        HttpResponse<String> response = cluster.http().send(poll, HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        Map<String, JsonObject> events = new HashMap<>();
        for (Object frame : new JsonObject(response.body()).getJsonArray("frames")) {
            if (frame instanceof JsonObject json && json.getString("type").equals("event")) {
                json.getJsonArray("events")
                        .forEach(event -> events.put(((JsonObject) event).getString("id"), (JsonObject) event));
            }
        }
        return events;
    }

    @Test
    void shouldShowTheWayOfSampledEventsAndOfNoOthers() throws Exception {
        Path headers = Files.writeString(folder.resolve("headers"), "Authorization: Bearer for-the-collector");
        try (Collector collector = new Collector();
                TestCluster cluster = TestCluster.start(
                        2,
                        Map.of(
                                "SLUICE_TRACING_ENABLED", "true",
                                "SLUICE_TRACING_ENDPOINT", collector.endpoint(),
                                "SLUICE_TRACING_HEADERS_FILE", headers.toString()))) {
            GatewayProcess door = cluster.node(0);
            try (Subscriber first = cluster.subscriber(ORG, "ann", SERVICE);
                    Subscriber second = cluster.subscriber(ORG, "bob", SERVICE)) {
                first.connect(cluster.node(1).uri());
                second.connect(cluster.node(1).uri());

                publish(cluster, door, event("not-sampled").put("traceparent", traceparent(trace(1), "00")), "");
                publish(cluster, door, event("no-trace"), "");
                publish(cluster, door, event("header"), traceparent(trace(2), "01"));
                publish(cluster, door, event("own").put("traceparent", traceparent(trace(3), "01")), "");
                first.awaitReceived(4, PATIENCE);
                second.awaitReceived(4, PATIENCE);

                Map<String, JsonObject> received = received(cluster, cluster.node(1));
                assertThat(received.get("header").getString("traceparent"))
                        .as("the subscriber can go on with the caller's trace")
                        .isEqualTo(traceparent(trace(2), "01"));
                assertThat(received.get("own").getString("traceparent")).isEqualTo(traceparent(trace(3), "01"));
                assertThat(received.get("no-trace").containsKey("traceparent")).isFalse();
            }
            TestCluster.awaitUntil(
                    PATIENCE,
                    "the spans of two events",
                    () -> collector.trace(trace(2)).size() >= 3
                            && collector.trace(trace(3)).size() >= 3);
            for (int number = 2; number <= 3; number++) {
                assertOneTrace(collector.trace(trace(number)), cluster);
            }
            Set<String> traces = new HashSet<>();
            collector.spans().forEach(span -> traces.add(span.trace()));
            assertThat(traces).containsExactlyInAnyOrder(trace(2), trace(3));
            assertThat(collector.authorizations()).isNotEmpty().containsOnly("Bearer for-the-collector");
            assertThat(door.errors()).isEmpty();
        }
    }

    private static void assertOneTrace(List<Taken> spans, TestCluster cluster) {
        assertThat(spans).hasSize(3);
        Taken publish = named(spans, "publish finance");
        Taken commit = named(spans, "commit finance");
        Taken deliver = named(spans, "deliver finance");
        assertThat(publish.parent()).isEqualTo(CALLER_SPAN);
        assertThat(commit.parent()).isEqualTo(publish.id());
        assertThat(deliver.parent()).isEqualTo(publish.id());
        assertThat(publish.span().getKind()).isEqualTo(SpanKind.SPAN_KIND_PRODUCER);
        assertThat(deliver.span().getKind()).isEqualTo(SpanKind.SPAN_KIND_CONSUMER);
        assertThat(publish.node()).isEqualTo(cluster.node(0).name());
        assertThat(commit.node()).isEqualTo(cluster.node(0).name());
        assertThat(deliver.node()).isEqualTo(cluster.node(1).name());
        assertThat(publish.resource()).containsEntry("service.name", "sluice").containsKey("service.version");
        assertThat(deliver.attributes())
                .containsEntry("sluice.sessions.delivered", "2")
                .containsEntry("sluice.sessions.behind", "0")
                .containsEntry("sluice.seq", publish.attributes().get("sluice.seq"));
    }

    private static Taken named(List<Taken> spans, String name) {
        return spans.stream()
                .filter(span -> span.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no span " + name + " among " + spans));
    }

    @Test
    void shouldLoadNothingOfOpenTelemetryWhenItIsOff() throws Exception {
        Path classes = folder.resolve("classes.log");
        try (TestCluster cluster =
                TestCluster.start(1, Map.of("JDK_JAVA_OPTIONS", "-Xlog:class+load:file=" + classes.toAbsolutePath()))) {
            try (Subscriber subscriber = cluster.subscriber(ORG, "ann", SERVICE)) {
                subscriber.connect(cluster.node(0).uri());
                JsonObject event = event("traced").put("traceparent", traceparent(trace(1), "01"));
                publish(cluster, cluster.node(0), event, traceparent(trace(2), "01"));
                subscriber.awaitReceived(1, PATIENCE);
                publish(cluster, cluster.node(0), event("plain"), traceparent(trace(2), "01"));
                subscriber.awaitReceived(2, PATIENCE);

                assertThat(received(cluster, cluster.node(0)).get("plain").containsKey("traceparent"))
                        .as("events stay as they are")
                        .isFalse();
            }
        }
        List<String> loaded = Files.readAllLines(classes);
        assertThat(loaded).anyMatch(line -> line.contains("dev.sluice.publisher.EventPublisher "));
        assertThat(loaded.stream()
                        .filter(line -> line.contains("io.opentelemetry.")
                                || line.contains("OpenTelemetryTracing")
                                || line.contains("PublishTrace")))
                .isEmpty();
    }
}
