// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.ops;

import dev.sluice.gateway.replay.Resume;
import dev.sluice.stream.metrics.MetricsOptions;
import dev.sluice.stream.metrics.OrgFlow;
import dev.sluice.stream.metrics.OrgMeters;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * All that a gateway counts, named in one place. Any thread. No tag names a user or a stream, nor an org unless {@link OrgMeters} are on (P7).
 *
 * <p>What is counted for each delivery is an adder that the registry reads, not a meter that is looked up.
 */
public final class GatewayMetrics {

    private static final String TRANSPORT = "transport";
    private static final String REASON = "reason";
    private static final String RECOVERED = "recovered";

    private final MeterRegistry registry;
    private final OrgFlow orgEvents;
    private final OrgFlow orgBytes;
    private final LongAdder eventsDelivered = new LongAdder();
    private final LongAdder framesDelivered = new LongAdder();
    private final LongAdder bytesDelivered = new LongAdder();
    private final LongAdder compressedFrames = new LongAdder();
    private final LongAdder replayedEvents = new LongAdder();
    private final AtomicInteger sessions = new AtomicInteger();
    private final Map<String, AtomicInteger> byTransport = new ConcurrentHashMap<>();
    private final AtomicInteger leaving = new AtomicInteger();
    private final AtomicInteger draining = new AtomicInteger();
    private final AtomicInteger subscriptions = new AtomicInteger();
    private final HubMetrics hub;
    private final Counter slowConsumers;
    private final Counter slowWarnings;
    private final Counter uncounted;
    private final DistributionSummary clientLag;
    private final Timer latency;

    /** Registers every meter but those that name orgs. */
    public GatewayMetrics(MeterRegistry registry) {
        this(registry, new OrgMeters(registry, MetricsOptions.defaults()));
    }

    /** Registers every meter. */
    public GatewayMetrics(MeterRegistry registry, OrgMeters orgs) {
        this.registry = registry;
        orgEvents = orgs.flow("sluice.org.delivered.events", "Events written to sessions");
        orgBytes = orgs.flow("sluice.org.delivered.bytes", "Bytes of event frames written to sessions");
        counter("sluice.events.delivered", "Events written to sessions", eventsDelivered);
        counter("sluice.frames.delivered", "Event frames written to sessions", framesDelivered);
        counter("sluice.bytes.delivered", "Bytes of event frames written to sessions", bytesDelivered);
        counter("sluice.frames.compressed", "Event frames written deflated", compressedFrames);
        counter("sluice.events.replayed", "Missed events replayed to sessions that came back", replayedEvents);
        gauge("sluice.sessions", "Open sessions", sessions);
        gauge("sluice.sessions.leaving", "Sessions that were sent away and are still here", leaving);
        gauge("sluice.draining", "1 while the node is being emptied to stop, else 0", draining);
        gauge(
                "sluice.subscriptions",
                "Streams that sessions listen to, one for each session and stream",
                subscriptions);
        hub = new HubMetrics(registry, orgs);
        slowConsumers = counter("sluice.slow.consumers", "Sessions closed because they were too slow for too long");
        slowWarnings = counter("sluice.slow.warnings", "Times that a session was found to be too far behind");
        uncounted = counter(
                "sluice.admissions.uncounted", "Admissions decided by this node alone, for the cluster did not count");
        clientLag = Distributions.amounts(
                registry, "sluice.client.lag", "Events that clients report to be behind", "events", Distributions.LAG);
        latency = Distributions.latency(
                registry, "sluice.delivery.latency", "From the log's acceptance of an event to its write to sessions");
        for (String source : List.of("buffer", "log")) {
            resumes(RECOVERED, source);
        }
        for (Resume.Reason reason : Resume.Reason.values()) {
            resumes(reason.wire(), "none");
        }
    }

    private void counter(String name, String description, LongAdder adder) {
        FunctionCounter.builder(name, adder, LongAdder::sum)
                .description(description)
                .register(registry);
    }

    private Counter counter(String name, String description, String... tags) {
        return Counter.builder(name).description(description).tags(tags).register(registry);
    }

    private void gauge(String name, String description, Number value) {
        gauge(name, description, () -> value);
    }

    private void gauge(String name, String description, Supplier<Number> value) {
        Gauge.builder(name, value).description(description).register(registry);
    }

    /** An event frame was written to a session of an org. */
    public void delivered(String org, int events, int bytes, boolean compressed, boolean replay) {
        eventsDelivered.add(events);
        framesDelivered.increment();
        bytesDelivered.add(bytes);
        orgEvents.add(org, events);
        orgBytes.add(org, bytes);
        if (compressed) {
            compressedFrames.increment();
        }
        if (replay) {
            replayedEvents.add(events);
        }
    }

    /** A live batch reached the sessions of a loop; not called for replay and catching up, whose age says nothing. */
    public void latency(long milliseconds) {
        latency.record(Math.max(0, milliseconds), TimeUnit.MILLISECONDS);
    }

    /** A session opened (1) or closed (-1); 0 shows that there is such a transport. */
    public void sessions(int change, String transport) {
        sessions.addAndGet(change);
        byTransport.computeIfAbsent(transport, this::transportGauge).addAndGet(change);
        Counter opened = counter("sluice.sessions.opened", "Sessions that were opened", TRANSPORT, transport);
        if (change > 0) {
            opened.increment(change);
        }
    }

    private AtomicInteger transportGauge(String transport) {
        AtomicInteger open = new AtomicInteger();
        Gauge.builder("sluice.sessions.by.transport", () -> open)
                .description("Open sessions of each transport")
                .tag(TRANSPORT, transport)
                .register(registry);
        return open;
    }

    /**
     * The node at large.
     *
     * @param ready whether it should get traffic; asked at each scrape
     * @param requests how many are under way
     */
    public void node(BooleanSupplier ready, IntSupplier requests) {
        gauge("sluice.ready", "1 while the node should get traffic, else 0", () -> ready.getAsBoolean() ? 1 : 0);
        gauge("sluice.requests.open", "HTTP requests under way; a drain waits for them", requests::getAsInt);
    }

    /** So many sessions were told to go elsewhere; 0 shows that there is such a reason. */
    public void sentAway(String reason, int count) {
        counter("sluice.sessions.sent.away", "Sessions that were told to go elsewhere", REASON, reason)
                .increment(count);
    }

    /** So many that were told are still here. */
    public void leaving(int count) {
        leaving.set(count);
    }

    /** The node is being emptied to stop. */
    public void draining() {
        draining.set(1);
    }

    /** A subscription began (1) or ended (-1). */
    public void subscriptions(int change) {
        subscriptions.addAndGet(change);
    }

    /** So many sessions were told that events are missing; 0 shows that there is such a reason. */
    public void gaps(String reason, int count) {
        counter("sluice.gaps", "Gaps announced to sessions", REASON, reason).increment(count);
    }

    /**
     * A subscriber gave a cursor.
     *
     * @param lost why it could not be honoured; empty when all after it follows
     * @param fromLog whether this node's buffer was not enough to say so
     */
    public void resumed(Optional<Resume.Reason> lost, boolean fromLog) {
        lost.map(reason -> resumes(reason.wire(), "none"))
                .orElseGet(() -> resumes(RECOVERED, fromLog ? "log" : "buffer"))
                .increment();
    }

    private Counter resumes(String outcome, String source) {
        return counter("sluice.resumes", "Cursors that subscribers gave", "outcome", outcome, "source", source);
    }

    /** How many events a client is behind, by its own word. */
    public void clientLag(long events) {
        clientLag.record((double) events);
    }

    /**
     * So many sessions ended; 0 shows that there is such an end.
     *
     * @param code the close code, which several reasons may share
     */
    public void closed(String reason, int code, String transport, int count) {
        counter(
                        "sluice.sessions.closed",
                        "Sessions that ended",
                        REASON,
                        reason,
                        "code",
                        Integer.toString(code),
                        TRANSPORT,
                        transport)
                .increment(count);
    }

    /** A session was found to be too far behind; not the first time, as a rule. */
    public void slowWarning() {
        slowWarnings.increment();
    }

    /** A session was closed because it was too slow. */
    public void slowConsumer() {
        slowConsumers.increment();
    }

    /** So many upgrades or requests were refused; 0 shows that there is such a reason. */
    public void refused(String reason, int count) {
        counter("sluice.refused", "Connections that were refused", REASON, reason)
                .increment(count);
    }

    /** The cluster did not say in time how many connections somebody has; this node's own count decided. */
    public void uncounted() {
        uncounted.increment();
    }

    /** Of the hub. */
    public HubMetrics hub() {
        return hub;
    }

    /** For the JSON view: the registry that holds all this. */
    public MeterRegistry registry() {
        return registry;
    }

    private long gapsOfAllReasons() {
        return (long) registry.find("sluice.gaps").counters().stream()
                .mapToDouble(Counter::count)
                .sum();
    }

    /** For the JSON view. */
    MetricsSnapshot snapshot() {
        return new MetricsSnapshot(
                sessions.get(),
                eventsDelivered.sum(),
                compressedFrames.sum(),
                replayedEvents.sum(),
                gapsOfAllReasons(),
                (long) slowConsumers.count(),
                subscriptions.get(),
                hub.streams(),
                latency.takeSnapshot());
    }
}
