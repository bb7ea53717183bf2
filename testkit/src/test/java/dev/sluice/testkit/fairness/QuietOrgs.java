// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.fairness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.client.Delivery;
import dev.sluice.testkit.client.PublishClient;
import dev.sluice.testkit.client.Subscriber;
import dev.sluice.testkit.cluster.TestCluster;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Orgs that publish a little, evenly, at the door at which the noise comes in, each to two sessions on other nodes. What they send is due by the clock and latency counts from then, so an answer
 * that comes late does not hide that the next event left late, too.
 */
final class QuietOrgs implements AutoCloseable {

    static final int EVENTS_PER_SECOND = 10;

    private static final int ORGS = 6;
    private static final int SESSIONS_PER_ORG = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final TestCluster cluster;
    private final List<PublishClient> publishers = new ArrayList<>();
    private final List<Subscriber> subscribers = new ArrayList<>();
    private final ExecutorService threads = Executors.newFixedThreadPool(ORGS);
    private final Queue<Long> answerTimes = new ConcurrentLinkedQueue<>();
    private int published;

    QuietOrgs(TestCluster cluster) throws IOException {
        this.cluster = cluster;
        for (int org = 0; org < ORGS; org++) {
            publishers.add(cluster.publisher("quiet" + org));
            for (int i = 0; i < SESSIONS_PER_ORG; i++) {
                Subscriber subscriber = cluster.subscriber("quiet" + org, "user" + i, "service");
                subscribers.add(subscriber);
                subscriber.connect(
                        cluster.node((org + i) % cluster.nodes().size()).uri());
            }
        }
    }

    /**
     * Publishes for so long and waits until all has arrived.
     *
     * @param window in every id
     * @return 99th percentile of the time from when an event was due to its arrival, in milliseconds
     */
    long p99(String window, Duration length) {
        int each = (int) (length.toMillis() * EVENTS_PER_SECOND / 1_000);
        answerTimes.clear();
        long start = System.currentTimeMillis();
        CompletableFuture.allOf(IntStream.range(0, ORGS)
                        .mapToObj(org -> CompletableFuture.runAsync(() -> publish(org, window, each, start), threads))
                        .toArray(CompletableFuture[]::new))
                .join();
        published += each;
        subscribers.forEach(subscriber -> subscriber.awaitReceived(published, PATIENCE));
        long[] latencies = subscribers.stream()
                .flatMap(subscriber -> subscriber.deliveries().stream())
                .filter(delivery -> delivery.id().startsWith(window + "-"))
                .mapToLong(Delivery::latencyMs)
                .sorted()
                .toArray();
        assertThat(latencies).hasSize(each * ORGS * SESSIONS_PER_ORG);
        return latencies[(int) Math.ceil(latencies.length * 0.99) - 1];
    }

    private void publish(int org, String window, int events, long start) {
        for (int i = 0; i < events; i++) {
            // The orgs a little after one another, not all at once.
            long due = start + (i * 1_000L + org * 1_000L / ORGS) / EVENTS_PER_SECOND;
            Pace.await(due);
            JsonObject data = new JsonObject().put(Subscriber.SENT_AT, due).put("amount", "1234.50");
            JsonObject event = PublishClient.event("service", window + "-" + i, data);
            long sent = System.nanoTime();
            HttpResponse<String> answer = Pace.send(publishers.get(org), cluster.node(0), event);
            answerTimes.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - sent));
            assertThat(answer.statusCode()).as("a quiet org: %s", answer.body()).isEqualTo(200);
        }
    }

    /** How long each publish of the last window waited for its answer, in milliseconds. */
    List<Long> answerTimes() {
        return List.copyOf(answerTimes);
    }

    List<String> violations() {
        return subscribers.stream().flatMap(s -> s.violations().stream()).toList();
    }

    @Override
    public void close() {
        threads.shutdownNow();
        subscribers.forEach(Subscriber::close);
    }
}
