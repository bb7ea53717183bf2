// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.auth.Scope;
import dev.sluice.testkit.client.PublishClient;
import dev.sluice.testkit.client.Subscriber;
import dev.sluice.testkit.cluster.GatewayProcess;
import dev.sluice.testkit.cluster.TestCluster;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A user whose tokens are revoked while it is connected to every node of a cluster, and one of its tokens. */
final class RevokedUser {

    private static final String EVENTS = "application/cloudevents+json";

    private final TestCluster cluster;
    private final String token;

    private RevokedUser(TestCluster cluster, String token) {
        this.cluster = cluster;
        this.token = token;
    }

    /** Connects two users to every node, revokes the one through the first, and checks that it is thrown out everywhere, and only it. */
    static RevokedUser revoke(TestCluster cluster, Duration patience) throws Exception {
        RevokedUser mallory = new RevokedUser(cluster, cluster.token("acme", "mallory", Scope.READ, Scope.PUBLISH));
        List<Subscriber> thrownOut = new ArrayList<>();
        List<Subscriber> staying = new ArrayList<>();
        for (GatewayProcess node : cluster.alive()) {
            thrownOut.add(connect(cluster, "mallory", node, patience));
            staying.add(connect(cluster, "ann", node, patience));
        }
        assertThat(mallory.statusOf(cluster.node(1), "/v2/realtime/poll?services=finance"))
                .isEqualTo(200);
        HttpRequest request = HttpRequest.newBuilder(cluster.node(0).uri().resolve("/v2/realtime/revocations"))
                .header("Authorization", "Bearer " + cluster.token("acme", "root", Scope.ADMIN))
                .POST(HttpRequest.BodyPublishers.ofString("{\"org\":\"acme\",\"sub\":\"mallory\"}"))
                .build();
        assertThat(cluster.http().send(request, BodyHandlers.discarding()).statusCode())
                .isEqualTo(200);
        for (Subscriber subscriber : thrownOut) {
            subscriber.await(patience, "is closed with 4501", closed -> closed.closeCode() == 4501);
        }
        for (GatewayProcess node : cluster.alive()) {
            mallory.checkRefusedBy(node);
        }
        assertThat(staying).allMatch(subscriber -> subscriber.closeCode() == 0);
        staying.forEach(Subscriber::close);
        return mallory;
    }

    private static Subscriber connect(TestCluster cluster, String user, GatewayProcess node, Duration patience)
            throws IOException {
        Subscriber subscriber = cluster.subscriber("acme", user, "finance");
        subscriber.connect(node.uri());
        subscriber.await(patience, "is attached", open -> open.cursors().containsKey("finance"));
        return subscriber;
    }

    /** Whether the node knows: from its first answer on. */
    void checkRefusedBy(GatewayProcess node) throws Exception {
        assertThat(statusOf(node, "/v2/realtime/poll?services=finance")).isEqualTo(401);
        assertThat(statusOf(node, "/v2/realtime/sse?services=finance")).isEqualTo(401);
        String event = PublishClient.event("finance", "e", new JsonObject()).encode();
        assertThat(new PublishClient(cluster.http(), token)
                        .send(node.uri(), EVENTS, event)
                        .statusCode())
                .isEqualTo(401);
    }

    private int statusOf(GatewayProcess node, String path) throws Exception {
        URI uri = node.uri().resolve(path);
        HttpResponse<Void> answer = cluster.http()
                .send(
                        HttpRequest.newBuilder(uri)
                                .header("Authorization", "Bearer " + token)
                                .build(),
                        BodyHandlers.discarding());
        return answer.statusCode();
    }
}
