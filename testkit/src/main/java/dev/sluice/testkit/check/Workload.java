// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.check;

import dev.sluice.stream.Position;
import dev.sluice.stream.StreamKey;
import dev.sluice.testkit.client.Manners;
import dev.sluice.testkit.client.RecordingPublisher;
import dev.sluice.testkit.client.RoamingPlan;
import dev.sluice.testkit.client.RoamingSubscriber;
import dev.sluice.testkit.history.Entry;
import dev.sluice.testkit.history.History;
import dev.sluice.testkit.history.HistoryChecker;
import dev.sluice.testkit.history.Report;
import io.vertx.core.Vertx;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BinaryOperator;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Publishers and roaming subscribers of a few orgs. It works in windows, each of which is a history of its own that ends in rest and is
 * judged, so that memory stays bounded however long it runs; the subscribers take their cursors from one to the next.
 */
public final class Workload implements AutoCloseable {

    private static final long POLL_NANOS = 20_000_000;

    private final List<RoamingSubscriber> subscribers = new ArrayList<>();
    private final List<RecordingPublisher> publishers = new ArrayList<>();
    private final Vertx vertx = Vertx.vertx();
    private History history = new History();

    /**
     * What it is made of.
     *
     * @param orgs to which publishers and subscribers belong in turn
     * @param readToken a token that may read, by org and by the subscriber whose it is
     * @param publishToken one that may publish
     * @param rate events a second of all publishers together, at most
     * @param stayMs how long a subscriber stays with a node on average; 0: until it has to leave
     * @param seed decides all that is random
     */
    public record Plan(
            List<String> orgs,
            BinaryOperator<String> readToken,
            Function<String, String> publishToken,
            List<String> services,
            Supplier<List<URI>> gateways,
            Supplier<List<URI>> doors,
            int subscribers,
            int publishers,
            int rate,
            long stayMs,
            long seed) {}

    /** Makes all clients, with the manners of most; nobody is connected yet. */
    public Workload(Plan plan) {
        this(plan, Manners.DEFAULT);
    }

    /** Makes all clients, with manners of their own. */
    public Workload(Plan plan, Manners manners) {
        String run = UUID.randomUUID().toString().substring(0, 8);
        for (int i = 0; i < plan.subscribers; i++) {
            String org = plan.orgs.get(i % plan.orgs.size());
            String name = "subscriber-" + i;
            RoamingPlan roaming = new RoamingPlan(
                    name, org, () -> plan.readToken.apply(org, name), plan.services, plan.gateways, plan.stayMs);
            subscribers.add(new RoamingSubscriber(vertx, roaming, history, plan.seed * 31 + i, manners));
        }
        long everyMs = Math.max(1, 1000L * plan.publishers / Math.max(1, plan.rate));
        for (int i = 0; i < plan.publishers; i++) {
            String org = plan.orgs.get(i % plan.orgs.size());
            RecordingPublisher.Plan publishing = new RecordingPublisher.Plan(
                    "publisher-" + i + "-" + run,
                    org,
                    () -> plan.publishToken.apply(org),
                    plan.services,
                    plan.doors,
                    everyMs);
            publishers.add(new RecordingPublisher(vertx, publishing, history, plan.seed * 37 + i, manners));
        }
    }

    /** Connects all subscribers, and waits until they are; false if not all are in time. */
    public boolean connect(Duration timeout) {
        subscribers.forEach(RoamingSubscriber::start);
        return await(timeout, () -> subscribers.stream().allMatch(RoamingSubscriber::isAttached));
    }

    /** Why the last one that could not connect could not. */
    public Optional<String> whyNotConnected() {
        return history.entries().stream()
                .filter(Entry.NotConnected.class::isInstance)
                .map(Entry.NotConnected.class::cast)
                .reduce((earlier, later) -> later)
                .map(last -> last.node() + ": " + last.why());
    }

    /** Lets everybody work. */
    public void begin() {
        publishers.forEach(publisher -> publisher.start(history));
        subscribers.forEach(subscriber -> subscriber.setRoaming(true));
    }

    /** Cuts the connection of one subscriber. */
    public void drop(int subscriber) {
        subscribers.get(subscriber % subscribers.size()).drop();
    }

    /** Where faults are to be written down. */
    public History history() {
        return history;
    }

    /**
     * Stops the publishers, waits until everybody has come to rest or the time is over, and judges the window.
     *
     * @throws IllegalStateException when a publisher is still waiting for an answer: what it gets would be in no window
     */
    public Report end(Duration timeout, HistoryChecker.Allowance allowance) {
        publishers.forEach(RecordingPublisher::stop);
        subscribers.forEach(subscriber -> subscriber.setRoaming(false));
        if (!await(timeout, () -> publishers.stream().noneMatch(RecordingPublisher::isBusy))) {
            throw new IllegalStateException("a publish was not answered within " + timeout.toSeconds() + " s");
        }
        // Whoever is not at rest then is judged as it is.
        await(timeout, this::isAtRest);
        history.append(new Entry.Ended(System.currentTimeMillis()));
        return HistoryChecker.check(history, allowance);
    }

    /** Whether a report says anything: something was acknowledged, and everybody was there at the end to be judged. */
    public boolean isConclusive(Report report) {
        return report.count("acknowledgedEvents") > 0 && report.count("subscribersAttachedAtEnd") == subscribers.size();
    }

    /** Begins a new window with the same clients. */
    public boolean nextWindow(Duration timeout) {
        history = new History();
        subscribers.forEach(subscriber -> subscriber.continueIn(history));
        return await(timeout, () -> subscribers.stream().allMatch(RoamingSubscriber::isAttached));
    }

    private boolean isAtRest() {
        return subscribers.stream()
                .allMatch(subscriber -> subscriber.isAttached()
                        && publishers.stream().allMatch(publisher -> publisher.acknowledged().entrySet().stream()
                                .allMatch(last -> has(subscriber, last.getKey(), last.getValue()))));
    }

    private static boolean has(RoamingSubscriber subscriber, StreamKey stream, Position last) {
        if (!stream.org().equals(subscriber.org())) {
            return true;
        }
        Position seen = subscriber.cursors().get(stream.service());
        return seen != null && (!seen.epoch().equals(last.epoch()) || seen.seq() >= last.seq());
    }

    private static boolean await(Duration timeout, BooleanSupplier condition) {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                return false;
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        return true;
    }

    @Override
    public void close() {
        subscribers.forEach(RoamingSubscriber::stop);
        vertx.close().await();
    }
}
