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
import java.util.stream.LongStream;

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

    private static final double[] COMMIT_EVENTS = {1, 2, 5, 10, 50, 100, 500, 1_000};
    private static final double[] COMMIT_BYTES = {1 << 10, 4 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20};
    private static final long[] LATENCY_MS = {1, 2, 5, 10, 20, 50, 100, 250, 500, 1_000, 2_000, 5_000, 10_000};

    /**
     * What may be counted by name, each shown from the beginning: a counter that appears with its first event has never risen to whoever
     * scrapes it.
     */
    private static final List<String> COMMIT_OUTCOMES = List.of("ok", "unknown", "error");

    private static final List<String> REJECTIONS = List.of(
            "too_large", "closed", "suspended", "breaker_open", "org_busy", "busy", "stream_limit", "waited_too_long");
    private static final List<Integer> REFUSALS = List.of(400, 413, 429, 500, 503);

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
    private final Counter breakerOpened;
    private final DistributionSummary commitSize;
    private final DistributionSummary commitBytes;
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
                .serviceLevelObjectives(COMMIT_EVENTS)
                .register(registry);
        commitBytes = DistributionSummary.builder("sluice.publisher.commit.bytes")
                .description("Bytes of the events in a commit")
                .serviceLevelObjectives(COMMIT_BYTES)
                .register(registry);
        commitLatency = Timer.builder("sluice.publisher.commit.latency")
                .description("From the first attempt at a commit to its confirmation")
                .publishPercentiles(0.5, 0.95, 0.99)
                .serviceLevelObjectives(
                        LongStream.of(LATENCY_MS).mapToObj(Duration::ofMillis).toArray(Duration[]::new))
                .distributionStatisticExpiry(Duration.ofMinutes(1))
                .register(registry);
        gauge("sluice.publisher.queued", "Events that wait or are under way to the log", queuedEvents);
        gauge("sluice.publisher.queued.bytes", "Bytes of events that wait or are under way to the log", queuedBytes);
        gauge("sluice.publisher.breaker.state", "The circuit breaker: 0 closed, 1 half open, 2 open", breakerState);
        breakerOpened = counter("sluice.publisher.breaker.opened", "Times that the circuit breaker opened");
        COMMIT_OUTCOMES.forEach(this::commits);
        REJECTIONS.forEach(this::rejections);
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
    void committed(List<Optional<Receipt>> receipts, long bytes, long nanos) {
        commits("ok").increment();
        commitSize.record(receipts.size());
        commitBytes.record((double) bytes);
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
        return Counter.builder("sluice.publisher.commits")
                .description("Commits that ended")
                .tag("outcome", outcome)
                .register(registry);
    }

    /** An attempt at a commit failed. */
    void attemptFailed() {
        retries.increment();
    }

    /** Publishes were refused, or failed before they were sent; one count each, however many events it has. */
    void rejected(String cause) {
        rejections(cause).increment();
    }

    private Counter rejections(String cause) {
        return Counter.builder("sluice.publisher.rejected")
                .description("Publishes that were refused, or failed before they were sent")
                .tag("cause", cause)
                .register(registry);
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
        if (state == State.OPEN) {
            breakerOpened.increment();
        }
        breakerState.set(state == State.OPEN ? OPEN : state == State.HALF_OPEN ? HALF_OPEN : CLOSED);
    }

    /**
     * A request was answered.
     *
     * @param door which way it came in, such as {@code events} or {@code bus}; one of a few, never of the client's making
     * @param status HTTP status, or on the bus the failure code, 0 for success
     */
    public void answered(String door, int status) {
        requests(door, status).increment();
    }

    /** There is a way to come in, by which requests may be refused. */
    public void door(String door) {
        REFUSALS.forEach(status -> requests(door, status));
    }

    private Counter requests(String door, int status) {
        return Counter.builder("sluice.publisher.requests")
                .description("Requests to publish that were answered")
                .tag("door", door)
                .tag("status", Integer.toString(status))
                .register(registry);
    }
}
