// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.fault;

import dev.sluice.testkit.client.Delivery;
import dev.sluice.testkit.client.Subscriber;
import dev.sluice.testkit.cluster.GatewayProcess;
import dev.sluice.testkit.cluster.TestCluster;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A client as a browser is one: stays connected, goes elsewhere when it is closed, sent away, or has heard nothing for longer than three heartbeats, and
 * takes its cursors along. Remembers what every connection was told.
 */
final class Follower implements AutoCloseable {

    /** What the nodes are to be configured with, so that a dead connection is noticed within a test's patience. */
    static final Duration HEARTBEAT = Duration.ofSeconds(1);

    private static final long SILENCE_NANOS = HEARTBEAT.toNanos() * 3;
    private static final long POLL_NANOS = 20_000_000;
    private static final long BACKOFF_NANOS = 200_000_000;

    private final TestCluster cluster;
    private final Subscriber subscriber;
    private final Random random;
    private final Thread thread;
    private final List<JsonObject> told = new ArrayList<>(); // guarded by itself
    private volatile boolean stopped;
    private volatile String node;
    private final AtomicInteger connections = new AtomicInteger();

    Follower(TestCluster cluster, Subscriber subscriber, String firstNode, long seed) {
        this.cluster = cluster;
        this.subscriber = subscriber;
        this.random = new Random(seed);
        this.node = firstNode;
        this.thread = new Thread(this::follow, "follower-" + seed);
        thread.setDaemon(true);
        thread.start();
    }

    private void follow() {
        String wanted = node;
        while (!stopped) {
            if (connect(wanted)) {
                stay();
                leave();
            } else {
                LockSupport.parkNanos(BACKOFF_NANOS);
            }
            List<GatewayProcess> nodes = cluster.nodes();
            wanted = nodes.get(random.nextInt(nodes.size())).name();
        }
        leave();
    }

    private boolean connect(String name) {
        try {
            GatewayProcess to = cluster.nodes().stream()
                    .filter(process -> process.name().equals(name))
                    .findFirst()
                    .orElseThrow();
            // A balancer does not send clients to what is not ready; what it does not know yet they find out.
            if (!to.isRunning() || !cluster.isReady(to)) {
                return false;
            }
            subscriber.connect(to.uri());
            node = name;
            connections.incrementAndGet();
            return true;
        } catch (IOException | RuntimeException | AssertionError e) {
            leave();
            return false;
        }
    }

    /** Until there is a reason to go. */
    private void stay() {
        int seen = -1;
        long heardAt = System.nanoTime();
        while (!stopped && subscriber.closeCode() == 0 && !isSentAway()) {
            int now = subscriber.received() + subscriber.frames().size();
            if (now != seen) {
                seen = now;
                heardAt = System.nanoTime();
            } else if (System.nanoTime() - heardAt > SILENCE_NANOS) {
                return;
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private boolean isSentAway() {
        return subscriber.frames().stream().anyMatch(frame -> "goaway".equals(frame.getString("type")));
    }

    private void leave() {
        subscriber.drop();
        synchronized (told) {
            // Heartbeats tell that somebody is there, which is known by now.
            subscriber.frames().stream()
                    .filter(frame -> !"heartbeat".equals(frame.getString("type")))
                    .filter(frame -> !told.contains(frame))
                    .forEach(told::add);
        }
    }

    /** Where it is connected, or was last. */
    String node() {
        return node;
    }

    /** How often it has been connected. */
    int connections() {
        return connections.get();
    }

    Subscriber subscriber() {
        return subscriber;
    }

    Set<String> ids() {
        Set<String> ids = new HashSet<>();
        subscriber.deliveries().forEach(delivery -> ids.add(delivery.id()));
        return ids;
    }

    List<Delivery> deliveries() {
        return subscriber.deliveries();
    }

    /** All frames of a type, of all connections. */
    List<JsonObject> told(String type) {
        List<JsonObject> all;
        synchronized (told) {
            all = new ArrayList<>(told);
        }
        subscriber.frames().stream().filter(frame -> !all.contains(frame)).forEach(all::add);
        return all.stream()
                .filter(frame -> type.equals(frame.getString("type")))
                .toList();
    }

    /** Every announcement that something cannot be delivered. */
    List<JsonObject> announcements() {
        List<JsonObject> announcements = new ArrayList<>(told("gap"));
        told("subscribed").stream()
                .filter(frame -> Boolean.FALSE.equals(frame.getBoolean("recovered")))
                .forEach(announcements::add);
        return announcements;
    }

    /** Stops; what was received stays. */
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
