// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.impl.HazelcastInstanceProxy;
import com.hazelcast.internal.cluster.impl.ClusterServiceImpl;
import dev.sluice.stream.bus.BusAddresses;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One node of three takes the others for dead, and they it; then they find one another again. */
@Timeout(240)
class CutOffNodeIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String SECRET = "for this test only, and long enough for HS256";

    private final HttpClient http = HttpClient.newHttpClient();
    private final String clusterName = "test-" + UUID.randomUUID();
    /** A range of their own: looking for the others again takes 5 s for each port at which nobody is. */
    private final int port = 26_000 + ThreadLocalRandom.current().nextInt(1_000) * 3;

    private final List<Node> nodes = new ArrayList<>();
    private int published;

    @AfterEach
    void stopAll() throws Exception {
        for (Node node : nodes) {
            node.stop().await(60, TimeUnit.SECONDS);
        }
    }

    @Test
    void shouldRefuseAtOnceSendItsSessionsAwayAndServeAgainAfterTheMerge() throws Exception {
        List<HazelcastInstance> members = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            members.add(startNode());
        }
        Node alone = nodes.get(2);
        assertThat(publish(alone)).isEqualTo(200);
        Client client = new Client();
        client.connect(alone);
        await().atMost(PATIENCE).until(() -> client.has("subscribed"));

        cutOff(members.get(2), members.subList(0, 2));

        await().atMost(PATIENCE).until(() -> health(alone).equals("503 no quorum"));
        long asked = System.nanoTime();
        assertThat(publish(alone)).isEqualTo(503);
        assertThat(Duration.ofNanos(System.nanoTime() - asked))
                .as("far below the timeout of a commit, 15 s")
                .isLessThan(Duration.ofSeconds(5));
        await().atMost(PATIENCE).until(() -> client.has("goaway"));
        assertThat(client.first("goaway").getString("reason")).isEqualTo("rebalance");
        await().atMost(PATIENCE).until(() -> client.closeCode.get() == 4005);
        assertThat(publish(nodes.get(0))).as("the majority goes on").isEqualTo(200);

        await().atMost(PATIENCE)
                .until(() -> members.get(2).getCluster().getMembers().size() == 3);
        await().atMost(PATIENCE).until(() -> health(alone).equals("200"));
        await().atMost(PATIENCE).until(() -> publish(alone) == 200);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(
                        members.get(0).getMultiMap("__vertx.subs").get(BusAddresses.PUBLISH))
                .as("each node answers on the bus, once")
                .hasSize(3));
        Client back = new Client();
        back.connect(alone);
        await().atMost(PATIENCE).until(() -> back.has("subscribed"));
        assertThat(back.first("subscribed").getLong("seq")).isEqualTo(published);
    }

    private HazelcastInstance startNode() throws Exception {
        Map<String, String> environment = new HashMap<>();
        environment.put("SLUICE_CLUSTER_NAME", clusterName);
        environment.put("SLUICE_CLUSTER_QUORUM", "2");
        environment.put("SLUICE_CLUSTER_PORT", Integer.toString(port));
        environment.put("SLUICE_CLUSTER_PORT_COUNT", "3");
        environment.put("SLUICE_CLUSTER_LEAVE_TIMEOUT", "5s");
        environment.put("SLUICE_GATEWAY_PORT", "0");
        environment.put("SLUICE_GATEWAY_DRAIN_WINDOW", "1s");
        environment.put("SLUICE_AUTH_SECRET", SECRET);
        Node node = new Node(new ConfigSource().load(environment), NodeRole.DEMO);
        List<HazelcastInstance> before = List.copyOf(Hazelcast.getAllHazelcastInstances());
        nodes.add(node);
        var started = node.start();
        if (nodes.size() > 1) { // the first waits for the second
            started.await(60, TimeUnit.SECONDS);
        }
        await().atMost(PATIENCE)
                .until(() -> Hazelcast.getAllHazelcastInstances().size() > before.size());
        return Hazelcast.getAllHazelcastInstances().stream()
                .filter(instance -> !before.contains(instance))
                .findFirst()
                .orElseThrow();
    }

    private static void cutOff(HazelcastInstance one, List<HazelcastInstance> others) {
        for (HazelcastInstance other : others) {
            suspect(one, other);
            suspect(other, one);
        }
    }

    private static void suspect(HazelcastInstance at, HazelcastInstance whom) {
        ClusterServiceImpl cluster =
                ((HazelcastInstanceProxy) at).getOriginal().node.getClusterService();
        Member member = cluster.getMember(whom.getCluster().getLocalMember().getUuid());
        if (member != null) {
            cluster.suspectMember(member, "a test cuts them off", true);
        }
    }

    private String health(Node node) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(
                HttpRequest.newBuilder(uri(node, "/health/ready")).build(), HttpResponse.BodyHandlers.ofString());
        String reason = new JsonObject(response.body()).getString("reason");
        return response.statusCode() + (reason == null ? "" : " " + reason);
    }

    private int publish(Node node) throws IOException, InterruptedException {
        String event = new JsonObject()
                .put("specversion", "1.0")
                .put("id", UUID.randomUUID().toString())
                .put("source", "/test")
                .put("type", "t")
                .put("org", "acme")
                .put("service", "finance")
                .encode();
        HttpRequest request = HttpRequest.newBuilder(uri(node, "/v2/realtime/events"))
                .header("Content-Type", "application/cloudevents+json")
                .header("Authorization", "Bearer " + token())
                .POST(HttpRequest.BodyPublishers.ofString(event))
                .build();
        int status = http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
        published += status == 200 ? 1 : 0;
        return status;
    }

    private static URI uri(Node node, String path) {
        return URI.create("http://127.0.0.1:" + node.port() + path);
    }

    private static String token() {
        String header = base64("{\"alg\":\"HS256\"}".getBytes(StandardCharsets.UTF_8));
        String claims = base64(new JsonObject()
                .put("org", "acme")
                .put("sub", "ann")
                .put("scope", "realtime:read realtime:publish")
                .put("exp", System.currentTimeMillis() / 1_000 + 600)
                .encode()
                .getBytes(StandardCharsets.UTF_8));
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            byte[] signature = mac.doFinal((header + "." + claims).getBytes(StandardCharsets.US_ASCII));
            return header + "." + claims + "." + base64(signature);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA256", e);
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Listens to one service. */
    private final class Client implements WebSocket.Listener {
        private final List<JsonObject> frames = new CopyOnWriteArrayList<>();
        private final AtomicInteger closeCode = new AtomicInteger();
        private final StringBuilder text = new StringBuilder();

        void connect(Node node) {
            WebSocket socket = http.newWebSocketBuilder()
                    .buildAsync(
                            URI.create("ws://127.0.0.1:" + node.port()
                                    + "/v2/realtime/stream?services=finance&access_token=" + token()),
                            this)
                    .join();
            assertThat(socket.isOutputClosed()).isFalse();
        }

        boolean has(String type) {
            return frames.stream().anyMatch(frame -> type.equals(frame.getString("type")));
        }

        JsonObject first(String type) {
            return frames.stream()
                    .filter(frame -> type.equals(frame.getString("type")))
                    .findFirst()
                    .orElseThrow();
        }

        @Override
        public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                frames.add(new JsonObject(text.toString()));
                text.setLength(0);
            }
            webSocket.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
            closeCode.set(statusCode);
            return null;
        }
    }
}
