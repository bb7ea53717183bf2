// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.gateway.ops.GatewayMetrics;
import dev.sluice.stream.metrics.MetricsOptions;
import dev.sluice.stream.metrics.OrgMeters;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What {@code /metrics} tells of orgs: nothing, unless it is asked for (P7). */
@Timeout(60)
class OrgMetricsIT {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String EVENTS = "sluice_org_delivered_events";
    private static final String BYTES = "sluice_org_delivered_bytes";
    private static final String BUFFERED = "sluice_org_buffered_bytes";

    @Test
    void shouldNameNoOrgUnlessItIsAskedFor() {
        try (GatewayFixture gateway = new GatewayFixture(MetricsOptions.defaults())) {
            deliver(gateway);

            PrometheusText text = gateway.prometheus();
            assertThat(text.samples())
                    .anyMatch(sample -> sample.name().equals("sluice_events_delivered_total") && sample.value() == 3)
                    .noneMatch(sample -> sample.name().startsWith("sluice_org_"))
                    .noneMatch(sample -> sample.labels().containsKey("org"));
            assertThat(text.labelValues()).isNotEmpty().doesNotContain("42");
        }
    }

    @Test
    void shouldShowWhatIsDeliveredAndBufferedWhenItIsAskedFor() {
        try (GatewayFixture gateway = new GatewayFixture(new MetricsOptions(3))) {
            deliver(gateway);

            PrometheusText text = gateway.prometheus();
            assertThat(text.byOrg(EVENTS)).isEqualTo(Map.of("42", 3.0, "", 0.0));
            assertThat(text.byOrg(BYTES)).containsOnlyKeys("42", "");
            assertThat(text.byOrg(BYTES).get("42")).isGreaterThan(3 * 100.0);
            await().atMost(PATIENCE).untilAsserted(() -> {
                Map<String, Double> buffered = gateway.prometheus().byOrg(BUFFERED);
                assertThat(buffered).containsOnlyKeys("42", "").containsEntry("", 0.0);
                assertThat(buffered.get("42")).isGreaterThan(3 * 100.0);
            });
        }
    }

    @Test
    void shouldShowNoMoreSeriesThanAskedForOfAThousandOrgs() {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        OrgMeters orgs = new OrgMeters(registry, new MetricsOptions(3));
        GatewayMetrics metrics = new GatewayMetrics(registry, orgs);
        for (int window = 0; window < 3; window++) {
            for (int i = 0; i < 1_000; i++) {
                boolean most = i / 3 == window;
                metrics.delivered("org" + i, most ? 1_000 : 1, most ? 100_000 + i : 100, false, false);
            }

            orgs.endWindow();

            PrometheusText text = PrometheusText.parse(registry.scrape());
            String[] expected = {"org" + 3 * window, "org" + (3 * window + 1), "org" + (3 * window + 2), ""};
            assertThat(text.byOrg(EVENTS)).containsOnlyKeys(expected);
            assertThat(text.byOrg(BYTES)).containsOnlyKeys(expected);
            assertThat(text.samples().stream().filter(sample -> sample.labels().containsKey("org")))
                    .hasSize(4 + 4 + 1);
        }
    }

    private static void deliver(GatewayFixture gateway) {
        WebSocketClient client = gateway.vertx().createWebSocketClient();
        WebSocket socket = client.connect(gateway.port(), "127.0.0.1", "/v2/realtime/stream")
                .await();
        Queue<JsonObject> frames = new ConcurrentLinkedQueue<>();
        socket.textMessageHandler(text -> frames.add(new JsonObject(text)));
        socket.writeTextMessage(new JsonObject()
                .put("type", "handshake")
                .put("token", "42")
                .put("services", new JsonArray().add("finance"))
                .encode());
        await().atMost(PATIENCE)
                .until(() -> frames.stream().anyMatch(frame -> "subscribed".equals(frame.getString("type"))));
        gateway.publish(3, 10);
        await().atMost(PATIENCE)
                .until(() -> frames.stream()
                                .filter(frame -> "event".equals(frame.getString("type")))
                                .mapToInt(frame -> frame.getJsonArray("events").size())
                                .sum()
                        == 3);
        // Held until here: Vert.x closes the connections of a client that has been collected.
        client.close().await();
    }
}
