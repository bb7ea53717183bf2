// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.fault;

import dev.sluice.testkit.client.PublishClient;
import dev.sluice.testkit.client.Subscriber;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Publishes events of one service, one after the other, each again with the same id until it is acknowledged, as a careful service does. */
final class SteadyPublisher implements AutoCloseable {

    /** An event that was acknowledged. */
    record Acknowledged(String id, String epoch, long seq, long startedAt, long answeredAt) {}

    private static final long PAUSE_NANOS = 40_000_000;

    private final PublishClient client;
    private final Supplier<URI> door;
    private final String service;
    private final String run = UUID.randomUUID().toString().substring(0, 8);
    private final List<Acknowledged> acknowledged = new ArrayList<>(); // guarded by itself
    private final List<String> failures = new ArrayList<>(); // guarded by itself
    private final Thread thread;
    private volatile boolean stopped;

    SteadyPublisher(PublishClient client, Supplier<URI> door, String service) {
        this.client = client;
        this.door = door;
        this.service = service;
        this.thread = new Thread(this::publish, "publisher-" + service);
        thread.setDaemon(true);
        thread.start();
    }

    private void publish() {
        for (int i = 0; !stopped; i++) {
            publish(run + "-" + i);
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private void publish(String id) {
        List<JsonObject> event = List.of(
                PublishClient.event(service, id, new JsonObject().put(Subscriber.SENT_AT, System.currentTimeMillis())));
        long startedAt = System.nanoTime();
        while (!stopped) {
            try {
                JsonArray results = client.publish(door.get(), event);
                JsonObject result = results.getJsonObject(0);
                synchronized (acknowledged) {
                    acknowledged.add(new Acknowledged(
                            id, result.getString("epoch"), result.getLong("seq"), startedAt, System.nanoTime()));
                }
                return;
            } catch (IOException e) {
                synchronized (failures) {
                    failures.add(String.valueOf(e.getMessage()));
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    String service() {
        return service;
    }

    List<Acknowledged> acknowledged() {
        synchronized (acknowledged) {
            return List.copyOf(acknowledged);
        }
    }

    /** What was answered instead of an acknowledgement. */
    List<String> failures() {
        synchronized (failures) {
            return List.copyOf(failures);
        }
    }

    /** Those acknowledged that were begun after the given {@link System#nanoTime}. */
    Set<String> acknowledgedIdsSince(long nanoTime) {
        return acknowledged().stream()
                .filter(one -> one.startedAt() - nanoTime > 0)
                .map(Acknowledged::id)
                .collect(Collectors.toSet());
    }

    /** The longest time from the beginning of a publish to its acknowledgement, of those acknowledged since. */
    long longestMs(long sinceNanoTime) {
        return acknowledged().stream()
                .filter(one -> one.answeredAt() - sinceNanoTime > 0)
                .mapToLong(one -> (one.answeredAt() - one.startedAt()) / 1_000_000)
                .max()
                .orElse(0);
    }

    @Override
    public void close() {
        stopped = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
