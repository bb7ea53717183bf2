// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.stream.auth.Scope;
import dev.sluice.testkit.client.PublishClient;
import dev.sluice.testkit.client.Subscriber;
import dev.sluice.testkit.cluster.GatewayProcess;
import dev.sluice.testkit.cluster.TestCluster;
import dev.sluice.testkit.network.VirtualNetwork;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** What the fault tests share. */
final class Faulty {

    /** {@code -Dsluice.faults.long=true}: faults as long as the issue of reliability names them, instead of as short as they still do harm. */
    static final boolean LONG = Boolean.getBoolean("sluice.faults.long");

    /** Beyond the failure detection of 5 s. */
    static final Duration PAUSE = Duration.ofSeconds(LONG ? 30 : 12);

    static final Duration PARTITION = Duration.ofSeconds(LONG ? 60 : 20);

    static final Map<String, String> SETTINGS =
            Map.of("SLUICE_GATEWAY_SESSION_HEARTBEAT", Follower.HEARTBEAT.toSeconds() + "s");

    private Faulty() {}

    /** Skips the test, and says why, where there can be no networks to cut. */
    static void assumeNetwork() {
        Optional<String> reason = VirtualNetwork.unavailable();
        if (reason.isPresent()) {
            System.out.println("SKIPPED, no virtual networks here: " + reason.get());
        }
        assumeTrue(reason.isEmpty(), () -> "no virtual networks here: " + reason.orElseThrow());
    }

    /** One line of measured values; docs/reliability.md has a table of them. */
    static void report(String fault, Object... keysAndValues) {
        StringBuilder line = new StringBuilder("measured: ").append(fault);
        for (int i = 0; i < keysAndValues.length; i += 2) {
            line.append(' ').append(keysAndValues[i]).append('=').append(keysAndValues[i + 1]);
        }
        System.out.println(line);
    }

    /** That a node answers a publish with 503 and a time to come back, before its client would think that nobody is there. */
    static void assertRefusesAtOnce(TestCluster cluster, GatewayProcess node, String org) throws IOException {
        long start = System.nanoTime();
        JsonObject event = PublishClient.event("refused", "refused-" + start, new JsonObject());
        HttpResponse<String> answer =
                cluster.publisher(org).send(node.uri(), "application/cloudevents+json", event.encode());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
        assertThat(answer.headers().firstValue("retry-after")).isPresent();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
    }

    /** The frame that answered a subscription. */
    static JsonObject subscribed(Subscriber subscriber, String service) {
        return subscriber.frames().stream()
                .filter(frame ->
                        "subscribed".equals(frame.getString("type")) && service.equals(frame.getString("service")))
                .findFirst()
                .orElseThrow();
    }

    /** The sum of a metric over its labels; 0 when it was never counted. */
    static double prometheus(TestCluster cluster, GatewayProcess node, String name) {
        try {
            HttpResponse<String> answer = cluster.http()
                    .send(
                            HttpRequest.newBuilder(node.uri().resolve("/metrics"))
                                    .header("Authorization", "Bearer " + cluster.token("t", "t", Scope.ADMIN))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            return answer.body()
                    .lines()
                    .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                    .sum();
        } catch (IOException e) {
            throw new AssertionError("cannot read the metrics of " + node.name(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
