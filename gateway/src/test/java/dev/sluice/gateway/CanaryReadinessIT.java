// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.gateway.canary.Canary.Neighbours;
import dev.sluice.gateway.canary.CanaryOptions;
import dev.sluice.stream.bus.BusAddresses;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A real gateway between two others, played by the test: it hears one of them, who says that it hears the other. */
@Timeout(60)
class CanaryReadinessIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final GatewayFixture gateway = new GatewayFixture(
            new CanaryOptions(Duration.ofMillis(500), 1),
            new Neighbours("a", "node-a", () -> Map.of("b", "node-b", "c", "node-c")));
    private final HttpClient http = HttpClient.newHttpClient();
    private final AtomicLong round = new AtomicLong();

    @AfterEach
    void stop() {
        gateway.close();
    }

    @Test
    void shouldNotBeReadyWhileItDoesNotHearANodeThatAnotherOneHears() throws Exception {
        assertThat(ready().statusCode()).isEqualTo(200);
        gateway.vertx().setPeriodic(100, timer -> {
            long number = round.incrementAndGet();
            call("c", number, new JsonObject().put("b", number));
        });

        await().atMost(PATIENCE).until(() -> ready().statusCode() == 503);

        assertThat(new JsonObject(ready().body()).getString("reason")).isEqualTo("pushes do not arrive");
        assertThat(gateway.count("sluice.canary.repairs")).isPositive();
        assertThat(gateway.count("sluice.canary.lost", "from", "node-b", "to", "node-a"))
                .isPositive();
        assertThat(gateway.count("sluice.canary.arrived", "from", "node-c", "to", "node-a"))
                .isPositive();
        gateway.vertx().setPeriodic(50, timer -> call("b", round.get() + 1, new JsonObject()));
        await().atMost(PATIENCE).until(() -> ready().statusCode() == 200);
    }

    private void call(String node, long number, JsonObject heard) {
        gateway.vertx()
                .eventBus()
                .publish(
                        BusAddresses.CANARY,
                        new JsonObject()
                                .put("node", node)
                                .put("round", number)
                                .put("sentAt", System.currentTimeMillis())
                                .put("last", false)
                                .put("heard", heard)
                                .put("registered", new JsonArray())
                                .put("probed", new JsonArray()));
    }

    private HttpResponse<String> ready() throws Exception {
        return http.send(
                HttpRequest.newBuilder(gateway.uri("/health/ready")).build(), HttpResponse.BodyHandlers.ofString());
    }
}
