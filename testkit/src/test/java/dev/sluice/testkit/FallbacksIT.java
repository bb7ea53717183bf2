// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.Position;
import dev.sluice.stream.StreamKey;
import dev.sluice.stream.auth.Scope;
import dev.sluice.testkit.client.RecordingPublisher;
import dev.sluice.testkit.cluster.GatewayProcess;
import dev.sluice.testkit.cluster.TestCluster;
import dev.sluice.testkit.history.Entry;
import dev.sluice.testkit.history.History;
import dev.sluice.testkit.history.HistoryChecker;
import dev.sluice.testkit.history.HistoryChecker.Allowance;
import dev.sluice.testkit.history.Report;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Clients that never open a WebSocket, in a real cluster: they move between its nodes while events flow and a node is killed, and what they saw is
 * judged by the same promises.
 */
@Timeout(300)
@Order(Integer.MAX_VALUE) // the next longest: the other lane begins at this end
class FallbacksIT {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int CLIENTS = 6;
    private static final String CONFIG = "/v2/realtime/config";

    @Test
    void shouldKeepThePromisesWhenFallbackClientsRoamAndANodeIsKilled() throws Exception {
        try (TestCluster cluster = TestCluster.start(3)) {
            cluster.awaitMembers(3);
            History history = new History();
            Vertx vertx = Vertx.vertx();
            List<FallbackClient> clients = new ArrayList<>();
            List<RecordingPublisher> publishers = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                String org = i % 3 == 2 ? "globex" : "acme";
                FallbackClient.Plan plan = new FallbackClient.Plan(
                        "fallback-" + i,
                        org,
                        cluster.token(org, "user-" + i, Scope.READ),
                        List.of("finance", "staff"),
                        () -> alive(cluster));
                clients.add(i % 2 == 0 ? FallbackClient.sse(plan, history, i) : FallbackClient.poll(plan, history, i));
            }
            try {
                for (String org : List.of("acme", "globex")) {
                    RecordingPublisher.Plan plan = new RecordingPublisher.Plan(
                            "publisher-" + org + "-"
                                    + UUID.randomUUID().toString().substring(0, 8),
                            org,
                            () -> cluster.token(org, "writer", Scope.PUBLISH),
                            List.of("finance", "staff"),
                            () -> alive(cluster),
                            10);
                    publishers.add(new RecordingPublisher(vertx, plan, history, org.hashCode()));
                }
                clients.forEach(FallbackClient::start);
                TestCluster.awaitUntil(
                        PATIENCE, "all attached", () -> clients.stream().allMatch(FallbackClient::hasPositions));
                publishers.forEach(publisher -> publisher.start(history));
                TestCluster.awaitUntil(PATIENCE, "some history", () -> history.size() > 3_000);
                cluster.faults().kill9(1);
                int atKill = history.size();
                TestCluster.awaitUntil(PATIENCE, "more history", () -> history.size() > atKill + 4_000);
                publishers.forEach(RecordingPublisher::stop);
                TestCluster.awaitUntil(
                        PATIENCE, "the last answers", () -> publishers.stream().noneMatch(RecordingPublisher::isBusy));
                TestCluster.awaitUntil(PATIENCE, "everybody at the head", () -> clients.stream()
                        .allMatch(client -> publishers.stream()
                                .allMatch(publisher -> publisher.acknowledged().entrySet().stream()
                                        .allMatch(last -> has(client, last.getKey(), last.getValue())))));
            } finally {
                clients.forEach(FallbackClient::stop);
                vertx.close().await();
            }
            history.append(new Entry.Ended(System.currentTimeMillis()));
            Report report = HistoryChecker.check(history, Allowance.NO_LOSS);
            System.out.println("fallbacks: " + report);
            assertThat(report.violations()).isEmpty();
            assertThat(report.count("acknowledgedEvents")).isGreaterThan(100);
            assertThat(report.count("subscribers")).isEqualTo(CLIENTS);
            assertThat(report.count("deliveries")).isGreaterThan(report.count("acknowledgedEvents"));
            assertThat(clients).allMatch(client -> client.nodesSeen() >= 2, "was served by several nodes");
        }
    }

    private static List<URI> alive(TestCluster cluster) {
        return cluster.alive().stream().map(GatewayProcess::uri).toList();
    }

    private static boolean has(FallbackClient client, StreamKey stream, Position last) {
        Position seen = client.positions().get(stream.service());
        return !stream.org().equals(client.org())
                || (seen != null && seen.epoch().equals(last.epoch()) && seen.seq() >= last.seq());
    }

    @Test
    void shouldKeepFlagsAndRevocationsOnEveryNodeEvenWhenAllNodesAreReplaced() throws Exception {
        try (TestCluster cluster = TestCluster.start(3)) {
            cluster.awaitMembers(3);
            RevokedUser revoked = RevokedUser.revoke(cluster, PATIENCE);
            String wanted = "{\"realtime\":false,\"rolloutPercent\":30,\"transports\":[\"sse\",\"poll\"]}";
            HttpResponse<String> refused = put(cluster.node(0), cluster.token("acme", "ann", Scope.READ), wanted);
            assertThat(refused.statusCode()).isEqualTo(403);
            History history = new History();
            FallbackClient listener = FallbackClient.sse(
                    new FallbackClient.Plan(
                            "listener",
                            "acme",
                            cluster.token("acme", "ann", Scope.READ),
                            List.of("finance"),
                            () -> List.of(cluster.node(1).uri())),
                    history,
                    0);
            try {
                listener.start();
                TestCluster.awaitUntil(PATIENCE, "attached", listener::hasPositions);
                assertThat(put(cluster.node(0), cluster.token("acme", "root", Scope.ADMIN), wanted)
                                .statusCode())
                        .isEqualTo(200);
                TestCluster.awaitUntil(PATIENCE, "the flags frame", () -> listener.flags() != null);
                assertThat(listener.flags()).isEqualTo(new JsonObject(wanted).put("type", "flags"));
            } finally {
                listener.stop();
            }
            TestCluster.awaitUntil(
                    PATIENCE, "the other node", () -> flagsOf(cluster.node(1)).equals(wanted));
            cluster.faults().kill9(2);
            cluster.awaitMembers(2);
            for (int node = 0; node < 2; node++) {
                cluster.faults().kill9(node);
                cluster.restart(node);
                cluster.awaitMembers(2);
                int restarted = node;
                revoked.checkRefusedBy(cluster.node(restarted));
                TestCluster.awaitUntil(PATIENCE, "the new node", () -> flagsOf(cluster.node(restarted))
                        .equals(wanted));
            }
        }
    }

    private static HttpResponse<String> put(GatewayProcess node, String token, String body) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(node.uri().resolve(CONFIG))
                                .header("Authorization", "Bearer " + token)
                                .PUT(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    private static String flagsOf(GatewayProcess node) {
        try {
            JsonObject config = new JsonObject(HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(node.uri().resolve(CONFIG)).build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body());
            config.remove("heartbeatMs");
            return config.encode();
        } catch (Exception e) {
            return "no answer: " + e;
        }
    }
}
