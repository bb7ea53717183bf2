// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.fairness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.auth.Scope;
import dev.sluice.testkit.client.Delivery;
import dev.sluice.testkit.client.PublishClient;
import dev.sluice.testkit.client.Subscriber;
import dev.sluice.testkit.cluster.TestCluster;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * One org that publishes far more than its share, to a session on another node. Its HTTP client is its own, so that quiet orgs do not wait
 * for the client of this test.
 */
final class NoisyOrg implements AutoCloseable {

    private static final String ORG = "noisy";

    /** So many batches wait for one another in a flood: the backlog that nobody else may have to wait behind. */
    private static final int FLOOD_LANES = 48;

    private static final int PACED_LANES = 4;
    private static final long REFUSED_PAUSE_MS = 100;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final TestCluster cluster;
    private final PublishClient publisher;
    private final Subscriber subscriber;
    private final ExecutorService threads = Executors.newFixedThreadPool(FLOOD_LANES);
    private final AtomicInteger taken = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private int markers;

    NoisyOrg(TestCluster cluster) throws IOException {
        this.cluster = cluster;
        HttpClient http = HttpClient.newHttpClient();
        this.publisher = new PublishClient(http, cluster.token(ORG, "noisy", Scope.PUBLISH));
        subscriber = new Subscriber(http, cluster.token(ORG, "noisy", Scope.READ), List.of("service"));
        subscriber.connect(cluster.node(1).uri());
    }

    /** Makes noise at its rate until told otherwise; completes when the last of it is answered. */
    CompletableFuture<Void> pace(Noise noise, String window, AtomicBoolean stopped) {
        long start = System.currentTimeMillis();
        return lanes(PACED_LANES, lane -> {
            for (int round = lane; !stopped.get(); round += PACED_LANES) {
                int first = round * noise.batch();
                Pace.await(start + first * 1_000L / noise.perSecond());
                publish(noise, window, first, noise.batch());
            }
        });
    }

    /**
     * Makes as much noise as is taken, from a backlog that is always there.
     *
     * @param waits what each answer took, in milliseconds
     * @return completes when the last of it is answered
     */
    CompletableFuture<Void> flood(Noise noise, String window, AtomicBoolean stopped, Queue<Long> waits) {
        return lanes(FLOOD_LANES, lane -> {
            for (int round = lane; !stopped.get(); round += FLOOD_LANES) {
                long sent = System.nanoTime();
                if (publish(noise, window, round * noise.floodBatch(), noise.floodBatch())) {
                    waits.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - sent));
                } else {
                    Pace.await(System.currentTimeMillis() + REFUSED_PAUSE_MS);
                }
            }
        });
    }

    private CompletableFuture<Void> lanes(int count, IntConsumer lane) {
        return CompletableFuture.allOf(IntStream.range(0, count)
                .mapToObj(i -> CompletableFuture.runAsync(() -> lane.accept(i), threads))
                .toArray(CompletableFuture[]::new));
    }

    /** Whether it was taken. */
    private boolean publish(Noise noise, String window, int first, int count) {
        List<String> events = IntStream.range(first, first + count)
                .mapToObj(i -> noise.event(window + "-" + i, i))
                .toList();
        HttpResponse<String> answer = Pace.send(publisher, cluster.node(0), events);
        if (answer.statusCode() == 429) {
            assertThat(answer.body()).contains("org_busy");
            refused.incrementAndGet();
            return false;
        }
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        taken.addAndGet(Pace.taken(answer));
        return true;
    }

    /** Waits until its session has the last of it (or was told of a gap), so that a quiet window does not pay for the noise before. */
    void awaitSilence() {
        String marker = "marker-" + markers++;
        JsonObject event = PublishClient.event("service", marker, new JsonObject());
        assertThat(Pace.send(publisher, cluster.node(0), event).statusCode()).isEqualTo(200);
        TestCluster.awaitUntil(PATIENCE, "the end of the noise", () -> {
            List<Delivery> deliveries = List.copyOf(subscriber.deliveries());
            return !deliveries.isEmpty()
                    && deliveries.get(deliveries.size() - 1).id().equals(marker);
        });
    }

    static Queue<Long> waits() {
        return new ConcurrentLinkedQueue<>();
    }

    int taken() {
        return taken.get();
    }

    int refused() {
        return refused.get();
    }

    @Override
    public void close() {
        threads.shutdownNow();
        subscriber.close();
    }
}
