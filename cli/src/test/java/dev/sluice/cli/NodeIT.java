// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.hazelcast.core.Hazelcast;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class NodeIT {

    private final HttpClient http = HttpClient.newHttpClient();
    private final String clusterName = "test-" + UUID.randomUUID();
    private final List<Node> nodes = new ArrayList<>();

    @AfterEach
    void stopAll() throws Exception {
        for (Node node : nodes) {
            node.stop().await(60, TimeUnit.SECONDS);
        }
        assertThat(Hazelcast.getAllHazelcastInstances()).isEmpty();
    }

    @Test
    void shouldBeReadyWhenItHasStartedAndGoneWhenItHasStopped() throws Exception {
        Node node = node(NodeRole.DEMO, Map.of());
        node.start().await(60, TimeUnit.SECONDS);
        URI health = URI.create("http://127.0.0.1:" + node.port() + "/health/ready");

        HttpResponse<String> ready = get(health);
        node.stop().await(60, TimeUnit.SECONDS);

        assertThat(ready.statusCode()).isEqualTo(200);
        assertThat(ready.body()).isEqualTo("{\"status\":\"ready\"}");
        assertThatThrownBy(() -> get(health)).isInstanceOf(ConnectException.class);
    }

    @Test
    void shouldWaitForTheQuorumAndBeReadyOnceOthersCome() throws Exception {
        Node first = node(NodeRole.GATEWAY, Map.of("SLUICE_CLUSTER_QUORUM", "2"));
        var firstStarted = first.start();
        await().during(Duration.ofSeconds(2)).atMost(Duration.ofSeconds(10)).until(() -> !firstStarted.isComplete());

        Node second = node(NodeRole.GATEWAY, Map.of("SLUICE_CLUSTER_QUORUM", "2"));
        second.start().await(60, TimeUnit.SECONDS);
        firstStarted.await(60, TimeUnit.SECONDS);
        URI health = URI.create("http://127.0.0.1:" + first.port() + "/health/ready");
        await().atMost(Duration.ofSeconds(10)).until(() -> get(health).statusCode() == 200);
        second.stop().await(60, TimeUnit.SECONDS);

        await().atMost(Duration.ofSeconds(10)).until(() -> get(health).statusCode() == 503);
        assertThat(get(health).body()).isEqualTo("{\"status\":\"not_ready\",\"reason\":\"no quorum\"}");
        assertThat(get(health.resolve("/health/live")).statusCode()).isEqualTo(200);
    }

    @Test
    void shouldStopWhileItStillWaitsForTheQuorum() throws Exception {
        Node node = node(NodeRole.GATEWAY, Map.of("SLUICE_CLUSTER_QUORUM", "2"));
        var started = node.start();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> !Hazelcast.getAllHazelcastInstances().isEmpty());

        node.stop().await(60, TimeUnit.SECONDS);

        assertThat(Hazelcast.getAllHazelcastInstances()).isEmpty();
        await().atMost(Duration.ofSeconds(10)).until(started::failed);
    }

    @Test
    void shouldLeaveNothingBehindWhenThePortIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Node node = node(NodeRole.DEMO, Map.of("SLUICE_GATEWAY_PORT", Integer.toString(taken.getLocalPort())));

            assertThatThrownBy(() -> node.start().await(60, TimeUnit.SECONDS))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("in use");

            assertThat(Hazelcast.getAllHazelcastInstances()).isEmpty();
        }
    }

    @Test
    void shouldHoldNoDataAsAPublisher() throws Exception {
        Node gateway = node(NodeRole.GATEWAY, Map.of());
        gateway.start().await(60, TimeUnit.SECONDS);
        Node publisher = node(NodeRole.PUBLISHER, Map.of());
        publisher.start().await(60, TimeUnit.SECONDS);

        assertThat(Hazelcast.getAllHazelcastInstances())
                .extracting(instance -> instance.getCluster().getLocalMember().isLiteMember())
                .containsExactlyInAnyOrder(true, false);
        assertThat(get(URI.create("http://127.0.0.1:" + publisher.port() + "/health/ready"))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void shouldNameOrgsInItsMetricsWhenItIsAskedFor() throws Exception {
        Node node = node(NodeRole.PUBLISHER, Map.of("SLUICE_METRICS_TOP_ORGS", "3"));
        Node gateway = node(NodeRole.GATEWAY, Map.of());
        gateway.start().await(60, TimeUnit.SECONDS);
        node.start().await(60, TimeUnit.SECONDS);

        URI named = URI.create("http://127.0.0.1:" + node.port() + "/metrics");
        await().atMost(Duration.ofSeconds(40))
                .until(() -> get(named).body().contains("sluice_org_queued_bytes{org=\"\"} 0.0"));
        assertThat(get(URI.create("http://127.0.0.1:" + gateway.port() + "/metrics"))
                        .body())
                .contains("sluice_sessions")
                .doesNotContain("sluice_org_");
    }

    private Node node(NodeRole role, Map<String, String> settings) {
        Map<String, String> environment = new HashMap<>();
        environment.put("SLUICE_CLUSTER_NAME", clusterName);
        environment.put("SLUICE_CLUSTER_LEAVE_TIMEOUT", "5s");
        environment.put("SLUICE_GATEWAY_PORT", "0");
        environment.put("SLUICE_GATEWAY_DRAIN_WINDOW", "0s");
        environment.put("SLUICE_PUBLISHER_HTTP_PORT", "0");
        environment.put("SLUICE_AUTH_SECRET", "for this test only, and long enough for HS256");
        environment.putAll(settings);
        Node node = new Node(new ConfigSource().load(environment), role);
        nodes.add(node);
        return node;
    }

    private HttpResponse<String> get(URI uri) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }
}
