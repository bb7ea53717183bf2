// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.ops;

import dev.sluice.gateway.replay.Batch;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * All that a gateway counts, named in one place. Any thread. No tag names an org, a user or a stream (P7).
 *
 * <p>What is counted for each delivery is an adder that the registry reads, not a meter that is looked up.
 */
public final class GatewayMetrics {

    private static final String TRANSPORT = "transport";

    private final MeterRegistry registry;
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
    private final AtomicInteger shards = new AtomicInteger();
    private final AtomicInteger streams = new AtomicInteger();
    private final AtomicLong bufferBytes = new AtomicLong();
    private final Counter gaps;
    private final Counter slowConsumers;
    private final Counter pushesMissed;
    private final Counter pushesDuplicate;
    private final Counter repairedEvents;
    private final Counter epochChanges;
    private final Counter epochRenewals;
    private final Counter registrationRenewals;
    private final Counter versionCheckFailures;
    private final Counter uncounted;
    private final Counter batches;
    private final Counter deflatedBatches;
    private final DistributionSummary clientLag;
    private final Timer latency;

    /** Registers every meter. */
    public GatewayMetrics(MeterRegistry registry) {
        this.registry = registry;
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
        gauge("sluice.hub.shards", "Shards this node is registered for on the bus", shards);
        gauge("sluice.hub.streams", "Streams this node holds", streams);
        gauge("sluice.hub.buffer.bytes", "Bytes held in replay buffers", bufferBytes);
        gaps = registry.counter("sluice.gaps");
        slowConsumers = registry.counter("sluice.slow.consumers");
        pushesMissed = registry.counter("sluice.pushes.missed");
        pushesDuplicate = registry.counter("sluice.pushes.duplicate");
        repairedEvents = registry.counter("sluice.events.repaired");
        epochChanges = registry.counter("sluice.epoch.changes");
        epochRenewals = registry.counter("sluice.epoch.renewals");
        registrationRenewals = registry.counter("sluice.registration.renewals");
        versionCheckFailures = registry.counter("sluice.version.check.failures");
        uncounted = registry.counter("sluice.admissions.uncounted");
        batches = registry.counter("sluice.batches");
        deflatedBatches = registry.counter("sluice.batches.deflated");
        clientLag = DistributionSummary.builder("sluice.client.lag")
                .description("Events that clients report to be behind")
                .baseUnit("events")
                .register(registry);
        latency = Timer.builder("sluice.delivery.latency")
                .description("From the log's acceptance of an event to its write to a session")
                .publishPercentiles(0.5, 0.95, 0.99)
                .serviceLevelObjectives(
                        Duration.ofMillis(1),
                        Duration.ofMillis(5),
                        Duration.ofMillis(20),
                        Duration.ofMillis(100),
                        Duration.ofMillis(500),
                        Duration.ofSeconds(2))
                .distributionStatisticExpiry(Duration.ofMinutes(1))
                .register(registry);
    }

    private void counter(String name, String description, LongAdder adder) {
        FunctionCounter.builder(name, adder, LongAdder::sum)
                .description(description)
                .register(registry);
    }

    private void gauge(String name, String description, Number value) {
        Gauge.builder(name, () -> value).description(description).register(registry);
    }

    /** An event frame was written to a session. */
    public void delivered(int events, int bytes, boolean compressed, boolean replay) {
        eventsDelivered.add(events);
        framesDelivered.increment();
        bytesDelivered.add(bytes);
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

    /** A session opened (1) or closed (-1). */
    public void sessions(int change, String transport) {
        sessions.addAndGet(change);
        byTransport.computeIfAbsent(transport, this::transportGauge).addAndGet(change);
        if (change > 0) {
            registry.counter("sluice.sessions.opened", TRANSPORT, transport).increment(change);
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

    /** Sessions were told to go elsewhere. */
    public void sentAway(String reason, int count) {
        registry.counter("sluice.sessions.sent.away", "reason", reason).increment(count);
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

    /** What the hub holds. */
    public void hubSize(int shardCount, int streamCount, long bytes) {
        shards.set(shardCount);
        streams.set(streamCount);
        bufferBytes.set(bytes);
    }

    /** A session was told that events are missing. */
    public void gap(String reason) {
        gaps.increment();
        registry.counter("sluice.gaps.by.reason", "reason", reason).increment();
    }

    /** A subscriber gave a cursor. */
    public void resumed(String outcome) {
        registry.counter("sluice.resumes", "outcome", outcome).increment();
    }

    /** How many events a client is behind, by its own word. */
    public void clientLag(long events) {
        clientLag.record((double) events);
    }

    /** A session ended. */
    public void closed(String reason, String transport) {
        registry.counter("sluice.sessions.closed", "reason", reason, TRANSPORT, transport)
                .increment();
    }

    /** A session was closed because it was too slow. */
    public void slowConsumer() {
        slowConsumers.increment();
    }

    /** An upgrade or request was refused. */
    public void refused(String reason) {
        registry.counter("sluice.refused", "reason", reason).increment();
    }

    /** The cluster did not say in time how many connections somebody has; this node's own count decided. */
    public void uncounted() {
        uncounted.increment();
    }

    /** A shard had moved without a push. */
    public void pushMissed() {
        pushesMissed.increment();
    }

    /** A push brought nothing new. */
    public void duplicatePush() {
        pushesDuplicate.increment();
    }

    /** Events were fetched from the log because their push did not come. */
    public void repaired(long events) {
        repairedEvents.increment((double) events);
    }

    /** A stream went on in another epoch. */
    public void epochChanged() {
        epochChanges.increment();
    }

    /** The log was found behind what had been delivered, and was asked to begin a new epoch. */
    public void epochRenewed() {
        epochRenewals.increment();
    }

    /** The registration of a shard on the bus was made again. */
    public void registrationRenewed() {
        registrationRenewals.increment();
    }

    /** The log did not answer a version check. */
    public void versionCheckFailed() {
        versionCheckFailures.increment();
    }

    /** A batch was encoded. */
    public void batchEncoded(Batch batch) {
        batches.increment();
        if (batch.isDeflated()) {
            deflatedBatches.increment();
        }
    }

    /** For the JSON view: the registry that holds all this. */
    public MeterRegistry registry() {
        return registry;
    }

    /** For the JSON view. */
    MetricsSnapshot snapshot() {
        return new MetricsSnapshot(
                sessions.get(),
                eventsDelivered.sum(),
                compressedFrames.sum(),
                replayedEvents.sum(),
                (long) gaps.count(),
                (long) slowConsumers.count(),
                subscriptions.get(),
                streams.get(),
                latency.takeSnapshot());
    }
}
