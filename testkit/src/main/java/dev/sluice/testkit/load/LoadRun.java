// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.load;

import dev.sluice.stream.auth.Scope;
import dev.sluice.testkit.client.Delivery;
import dev.sluice.testkit.client.PublishClient;
import dev.sluice.testkit.client.Subscriber;
import dev.sluice.testkit.cluster.GatewayProcess;
import dev.sluice.testkit.cluster.TestCluster;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Sends many events over many streams to many sessions of a cluster, and checks that each session gets all of its own, in
 * order.
 *
 * <p>Streams are the product of orgs and services; each session belongs to one org and follows all of its services.
 *
 * @param events how many events in all; a multiple of orgs × services
 * @param orgs how many orgs
 * @param services how many services each has
 * @param sessions how many sessions in all; a multiple of orgs
 * @param batch events in one HTTP publish
 * @param perSecond events a second of all orgs together, sent by the clock whether or not earlier ones were answered late; 0: each org
 *     sends its next batch as soon as its last one was acknowledged
 */
public record LoadRun(int events, int orgs, int services, int sessions, int batch, int perSecond) {

    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    /**
     * What came of it.
     *
     * @param published events acknowledged
     * @param delivered events received by all sessions together
     * @param seconds from the first publish to the last arrival
     * @param p50Ms median of the time from sending to arrival
     * @param p99Ms 99th percentile of the same
     * @param gatewayP50Ms median of the time from the log's acceptance to the write to the sessions, on the slowest node by that measure;
     *     of its last minute
     * @param gatewayP99Ms 99th percentile of the same
     * @param violations what was received against a promise
     */
    public record Result(
            long published,
            long delivered,
            double seconds,
            long p50Ms,
            long p99Ms,
            double gatewayP50Ms,
            double gatewayP99Ms,
            List<String> violations) {

        /** As one line of key=value. */
        public String line() {
            return String.format(
                    "published=%d delivered=%d seconds=%.2f published_per_s=%.0f delivered_per_s=%.0f p50_ms=%d p99_ms=%d gateway_p50_ms=%.1f gateway_p99_ms=%.1f violations=%d",
                    published,
                    delivered,
                    seconds,
                    published / seconds,
                    delivered / seconds,
                    p50Ms,
                    p99Ms,
                    gatewayP50Ms,
                    gatewayP99Ms,
                    violations.size());
        }
    }

    /**
     * Runs it against a cluster; sessions and publishers are spread over its nodes.
     *
     * @param name begins the names of its orgs, so that two runs do not meet
     */
    public Result run(TestCluster cluster, String name) throws IOException {
        List<Subscriber> subscribers = new ArrayList<>();
        try {
            for (int i = 0; i < sessions; i++) {
                Subscriber subscriber = cluster.subscriber(name + i % orgs, "user" + i, serviceNames());
                subscriber.connect(uri(cluster, i));
                subscribers.add(subscriber);
            }
            long start = System.nanoTime();
            CompletableFuture.allOf(IntStream.range(0, orgs)
                            .mapToObj(org -> CompletableFuture.runAsync(() -> publish(cluster, name + org, org)))
                            .toArray(CompletableFuture[]::new))
                    .join();
            subscribers.forEach(subscriber -> subscriber.awaitReceived(events / orgs, TIMEOUT));
            double seconds = (System.nanoTime() - start) / 1e9;
            return result(cluster, subscribers, seconds);
        } finally {
            subscribers.forEach(Subscriber::close);
        }
    }

    private Result result(TestCluster cluster, List<Subscriber> subscribers, double seconds) {
        long[] latencies = subscribers.stream()
                .flatMap(subscriber -> subscriber.deliveries().stream())
                .mapToLong(Delivery::latencyMs)
                .sorted()
                .toArray();
        List<String> violations = subscribers.stream()
                .flatMap(subscriber -> Stream.concat(subscriber.violations().stream(), incomplete(subscriber)))
                .toList();
        return new Result(
                events,
                latencies.length,
                seconds,
                latencies[latencies.length / 2],
                latencies[(int) (latencies.length * 0.99)],
                slowest(cluster, "p50"),
                slowest(cluster, "p99"),
                violations);
    }

    private static double slowest(TestCluster cluster, String percentile) {
        return cluster.alive().stream()
                .mapToDouble(
                        node -> cluster.metrics(node).getJsonObject("latencyMs").getDouble(percentile))
                .max()
                .orElse(0);
    }

    private Stream<String> incomplete(Subscriber subscriber) {
        long distinct =
                subscriber.deliveries().stream().map(Delivery::id).distinct().count();
        return distinct == events / orgs ? Stream.empty() : Stream.of("got " + distinct + " of " + events / orgs);
    }

    private void publish(TestCluster cluster, String org, int number) {
        PublishClient publisher = new PublishClient(cluster.http(), cluster.token(org, "load", Scope.PUBLISH));
        String[] names = serviceNames();
        int each = events / orgs;
        long start = System.currentTimeMillis();
        try {
            for (int from = 0; from < each; from += batch) {
                // Latency counts from when a batch was due: what a slow answer delays is not hidden.
                long due = perSecond == 0 ? System.currentTimeMillis() : start + (long) from * orgs * 1_000 / perSecond;
                awaitTime(due);
                List<JsonObject> group = IntStream.range(from, Math.min(each, from + batch))
                        .mapToObj(i -> PublishClient.event(names[i % services], org + "-" + i, data(due)))
                        .toList();
                publisher.publish(uri(cluster, number), group);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void awaitTime(long due) {
        for (long left = due - System.currentTimeMillis(); left > 0; left = due - System.currentTimeMillis()) {
            LockSupport.parkNanos(left * 1_000_000);
        }
    }

    private static JsonObject data(long sentAt) {
        return new JsonObject()
                .put(Subscriber.SENT_AT, sentAt)
                .put("amount", "1234.50")
                .put("currency", "EUR");
    }

    private String[] serviceNames() {
        return IntStream.range(0, services).mapToObj(i -> "service" + i).toArray(String[]::new);
    }

    private static URI uri(TestCluster cluster, int index) {
        List<GatewayProcess> nodes = cluster.alive();
        return nodes.get(index % nodes.size()).uri();
    }
}
