// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.StreamKey;
import dev.sluice.testkit.client.Delivery;
import dev.sluice.testkit.client.PublishClient;
import dev.sluice.testkit.client.Subscriber;
import dev.sluice.testkit.cluster.GatewayProcess;
import dev.sluice.testkit.cluster.TestCluster;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * P4: a publish answered with a seq survives the crash of any one node. The node that owns the shard is killed with SIGKILL while
 * events are published through the others.
 */
@Timeout(180)
class P4AcknowledgedMeansKeptIT {

    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final String ORG = "acme";
    private static final String SERVICE = "finance";

    @Test
    void p4EveryAcknowledgedEventShouldArriveOnceInOrderWhenTheOwnerIsKilled() throws IOException {
        try (TestCluster cluster = TestCluster.start(3)) {
            GatewayProcess owner = cluster.ownerOf(new StreamKey(ORG, SERVICE));
            List<GatewayProcess> others =
                    cluster.nodes().stream().filter(node -> node != owner).toList();
            List<Subscriber> subscribers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Subscriber subscriber = cluster.subscriber(ORG, "p4-" + i, SERVICE);
                subscriber.connect(others.get(i % 2).uri());
                subscribers.add(subscriber);
            }
            Subscriber orphan = cluster.subscriber(ORG, "p4-orphan", SERVICE);
            orphan.connect(owner.uri());

            Map<String, Long> acknowledged = new HashMap<>();
            AtomicBoolean stop = new AtomicBoolean();
            CompletableFuture<Void> publishing = CompletableFuture.runAsync(
                    () -> publish(cluster, others.get(0).uri(), acknowledged, stop));
            awaitAcknowledged(acknowledged, 300);
            owner.kill9();
            int atKill = size(acknowledged);
            orphan.drop();
            orphan.connect(others.get(1).uri());
            awaitAcknowledged(acknowledged, atKill + 300);
            stop.set(true);
            publishing.join();

            subscribers.add(orphan);
            for (Subscriber subscriber : subscribers) {
                subscriber.await(PATIENCE, "all acknowledged events", all -> received(all)
                        .containsAll(acknowledged.keySet()));
                assertThat(subscriber.violations()).isEmpty();
                for (Delivery delivery : subscriber.deliveries()) {
                    Long seq = acknowledged.get(delivery.id());
                    if (seq != null) {
                        assertThat(delivery.seq())
                                .as("position of " + delivery.id())
                                .isEqualTo(seq);
                    }
                }
                assertThat(subscriber.deliveries().stream().map(Delivery::id)).doesNotHaveDuplicates();
            }
            List<Delivery> first = subscribers.get(0).deliveries();
            for (Subscriber subscriber : subscribers) {
                assertThat(subscriber.deliveries().stream().map(P4AcknowledgedMeansKeptIT::place))
                        .containsExactlyElementsOf(first.stream()
                                .map(P4AcknowledgedMeansKeptIT::place)
                                .toList());
                subscriber.close();
            }
        }
    }

    private static String place(Delivery delivery) {
        return delivery.epoch() + ":" + delivery.seq() + " " + delivery.id();
    }

    private static Set<String> received(Subscriber subscriber) {
        Set<String> ids = new HashSet<>();
        subscriber.deliveries().forEach(delivery -> ids.add(delivery.id()));
        return ids;
    }

    /** Publishes as a careful service does: what was not acknowledged is sent again with the same id. */
    private static void publish(TestCluster cluster, URI door, Map<String, Long> acknowledged, AtomicBoolean stop) {
        PublishClient publisher = cluster.publisher(ORG);
        String run = UUID.randomUUID().toString();
        for (int i = 0; !stop.get(); i++) {
            List<JsonObject> events = List.of(
                    PublishClient.event(SERVICE, run + "-" + i + "a", new JsonObject()),
                    PublishClient.event(SERVICE, run + "-" + i + "b", new JsonObject()));
            JsonArray results = null;
            while (results == null && !stop.get()) {
                try {
                    results = publisher.publish(door, events);
                } catch (IOException e) {
                    // Not acknowledged, so nothing is known: again, with the same ids.
                    results = null;
                }
            }
            for (int k = 0; results != null && k < results.size(); k++) {
                synchronized (acknowledged) {
                    acknowledged.put(
                            results.getJsonObject(k).getString("id"),
                            results.getJsonObject(k).getLong("seq"));
                }
            }
        }
    }

    private static int size(Map<String, Long> acknowledged) {
        synchronized (acknowledged) {
            return acknowledged.size();
        }
    }

    private static void awaitAcknowledged(Map<String, Long> acknowledged, int count) {
        TestCluster.awaitUntil(PATIENCE, count + " acknowledged events", () -> size(acknowledged) >= count);
    }
}
