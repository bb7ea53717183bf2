// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.simulation;

import dev.sluice.gateway.hub.PushSource;
import dev.sluice.stream.bus.CommittedBatch;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/** The event bus as a test wants it: what arrives, how often, and in which order is for the test to say. */
public final class SimulatedBus implements PushSource {

    private final List<Registration> registrations = new ArrayList<>();
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private boolean slow;
    private int failures;
    private int subscribed;
    private int unsubscribed;

    /** Who gets the pushes of a shard. */
    public record Registration(int shard, Consumer<CommittedBatch> handler) {}

    @Override
    public Future<Runnable> subscribe(int shard, Consumer<CommittedBatch> handler) {
        if (failures > 0) {
            failures--;
            return Future.failedFuture("simulated");
        }
        subscribed++;
        Registration registration = new Registration(shard, handler);
        registrations.add(registration);
        boolean[] ended = new boolean[1];
        Runnable end = () -> {
            if (ended[0]) {
                throw new AssertionError("given back twice: the registration of shard " + shard);
            }
            ended[0] = true;
            registrations.remove(registration);
            unsubscribed++;
        };
        if (!slow) {
            return Future.succeededFuture(end);
        }
        Promise<Runnable> promise = Promise.promise();
        waiting.add(() -> promise.complete(end));
        return promise.future();
    }

    /** From now on the cluster takes its time to confirm a registration, until {@link #confirm}. */
    public void slow() {
        slow = true;
    }

    /** Confirms what waits for it. */
    public void confirm() {
        slow = false;
        while (!waiting.isEmpty()) {
            waiting.remove().run();
        }
    }

    /** So many of the next registrations fail. */
    public void failNext(int count) {
        failures = count;
    }

    /** Brings the push to all that are registered. */
    public void deliver(CommittedBatch batch) {
        receivers(batch.shard()).forEach(registration -> registration.handler().accept(batch));
    }

    /** Who is registered for the shard now. */
    public List<Registration> receivers(int shard) {
        return registrations.stream()
                .filter(registration -> registration.shard() == shard)
                .toList();
    }

    /** The cluster forgets every registration, as it has done after partitions; nobody is told. */
    public void forgetRegistrations() {
        registrations.clear();
    }

    /** How many registrations there are now. */
    public int registrations() {
        return registrations.size();
    }

    /** How many were ever made. */
    public int subscribed() {
        return subscribed;
    }

    /** How many were given back. */
    public int unsubscribed() {
        return unsubscribed;
    }
}
