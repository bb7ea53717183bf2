// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher;

import dev.sluice.stream.Receipt;
import dev.sluice.stream.metrics.MetricsOptions;
import dev.sluice.stream.metrics.OrgAmounts;
import dev.sluice.stream.metrics.OrgFlow;
import dev.sluice.stream.metrics.OrgMeters;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * All that publishing counts, named in one place. Any thread. No tag names a user or a stream, nor an org unless {@link OrgMeters} are on (P7).
 *
 * <p>Publishers of one process share one of these; it then tells their sums.
 */
public final class PublisherMetrics {

    /** What the gauge {@code sluice.publisher.breaker.state} shows. */
    private static final int CLOSED = 0;

    private static final int HALF_OPEN = 1;
    private static final int OPEN = 2;

    private final MeterRegistry registry;
    private final OrgMeters orgs;
    private final OrgFlow orgRefusals;
    /** Of the publishers of this process, as long as it runs; of none while no org is named. */
    private final List<Consumer<OrgAmounts>> queues = new CopyOnWriteArrayList<>();

    private final AtomicLong queuedEvents = new AtomicLong();
    private final AtomicLong queuedBytes = new AtomicLong();
    private final AtomicInteger breakerState = new AtomicInteger(CLOSED);
    private final Counter events;
    private final Counter duplicates;
    private final Counter retries;
    private final Counter pushFailures;
    private final DistributionSummary commitSize;
    private final Timer commitLatency;

    /** Registers the meters; none that names an org. */
    public PublisherMetrics(MeterRegistry registry) {
        this(registry, new OrgMeters(registry, MetricsOptions.defaults()));
    }

    /** Registers the meters. */
    public PublisherMetrics(MeterRegistry registry, OrgMeters orgs) {
        this.registry = registry;
        this.orgs = orgs;
        orgRefusals = orgs.flow(
                "sluice.org.publishes.refused", "Publishes refused because the org has its share of a queue already");
        orgs.level(
                "sluice.org.queued.bytes", "Bytes of events that wait or are under way to the log", this::queuedOfOrgs);
        events = counter("sluice.publisher.events", "Events that the log took and replicated");
        duplicates = counter("sluice.publisher.duplicates", "Events published again, which were there already");
        retries = counter("sluice.publisher.attempts.failed", "Attempts at a commit that the log did not answer");
        pushFailures = counter("sluice.publisher.pushes.failed", "Pushes that could not be handed to the bus");
        commitSize = DistributionSummary.builder("sluice.publisher.commit.size")
                .description("Events in a commit")
                .baseUnit("events")
                .serviceLevelObjectives(1, 10, 100, 1_000)
                .register(registry);
        commitLatency = Timer.builder("sluice.publisher.commit.latency")
                .description("From the first attempt at a commit to its confirmation")
                .publishPercentiles(0.5, 0.95, 0.99)
                .serviceLevelObjectives(
                        Duration.ofMillis(1),
                        Duration.ofMillis(5),
                        Duration.ofMillis(20),
                        Duration.ofMillis(100),
                        Duration.ofMillis(500),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(10))
                .distributionStatisticExpiry(Duration.ofMinutes(1))
                .register(registry);
        gauge("sluice.publisher.queued", "Events that wait or are under way to the log", queuedEvents);
        gauge("sluice.publisher.queued.bytes", "Bytes of events that wait or are under way to the log", queuedBytes);
        gauge("sluice.publisher.breaker.state", "The circuit breaker: 0 closed, 1 half open, 2 open", breakerState);
    }

    private OrgAmounts queuedOfOrgs() {
        OrgAmounts amounts = new OrgAmounts();
        queues.forEach(queue -> queue.accept(amounts));
        return amounts;
    }

    private Counter counter(String name, String description) {
        return Counter.builder(name).description(description).register(registry);
    }

    private void gauge(String name, String description, Number value) {
        Gauge.builder(name, () -> value).description(description).register(registry);
    }

    /** The queue grew or, if negative, shrank. */
    void queued(long eventChange, long byteChange) {
        queuedEvents.addAndGet(eventChange);
        queuedBytes.addAndGet(byteChange);
    }

    /** A commit was confirmed. */
    void committed(List<Optional<Receipt>> receipts, long nanos) {
        commits("ok").increment();
        commitSize.record(receipts.size());
        commitLatency.record(nanos, TimeUnit.NANOSECONDS);
        long again = receipts.stream()
                .flatMap(Optional::stream)
                .filter(Receipt::duplicate)
                .count();
        long taken = receipts.stream().filter(Optional::isPresent).count();
        events.increment((double) (taken - again));
        duplicates.increment((double) again);
    }

    /** A commit ended without confirmation: {@code unknown} or {@code error}. */
    void commitLost(String outcome) {
        commits(outcome).increment();
    }

    private Counter commits(String outcome) {
        return registry.counter("sluice.publisher.commits", "outcome", outcome);
    }

    /** An attempt at a commit failed. */
    void attemptFailed() {
        retries.increment();
    }

    /** Publishes were refused, or failed before they were sent; one count each, however many events it has. */
    void rejected(String cause) {
        registry.counter("sluice.publisher.rejected", "cause", cause).increment();
    }

    /** A publish was refused because its org has its share of a queue already. */
    public void orgBusy(String org) {
        orgRefusals.add(org, 1);
    }

    /** There is a queue; the reader tells what each org has in it. Any thread may ask. */
    void queue(Consumer<OrgAmounts> reader) {
        if (orgs.isOn()) {
            queues.add(reader);
        }
    }

    /** A push threw. */
    void pushFailed() {
        pushFailures.increment();
    }

    /** The breaker changed. */
    void breaker(State state) {
        breakerState.set(state == State.OPEN ? OPEN : state == State.HALF_OPEN ? HALF_OPEN : CLOSED);
    }

    /**
     * A request was answered.
     *
     * @param door which way it came in, such as {@code events} or {@code bus}; one of a few, never of the client's making
     * @param status HTTP status, or on the bus the failure code, 0 for success
     */
    public void answered(String door, int status) {
        registry.counter("sluice.publisher.requests", "door", door, "status", Integer.toString(status))
                .increment();
    }
}
