// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.ops;

import dev.sluice.gateway.replay.Batch;
import dev.sluice.stream.metrics.OrgAmounts;
import dev.sluice.stream.metrics.OrgMeters;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What a hub counts: what it holds, what did not come as a push, what it encodes. Any thread; once for each registry. */
public final class HubMetrics {

    private final MeterRegistry registry;
    private final OrgMeters orgs;
    private volatile OrgAmounts buffered = new OrgAmounts();
    private final AtomicInteger shards = new AtomicInteger();
    private final AtomicInteger streams = new AtomicInteger();
    private final AtomicLong bufferBytes = new AtomicLong();
    private final Counter pushesMissed;
    private final Counter pushesDuplicate;
    private final Counter repairs;
    private final Counter repairsFailed;
    private final Counter repairedEvents;
    private final Counter epochChanges;
    private final Counter epochRenewals;
    private final Counter registrationRenewals;
    private final Counter versionCheckFailures;
    private final Counter batches;
    private final Counter deflatedBatches;
    private final DistributionSummary batchEvents;
    private final DistributionSummary batchBytes;

    HubMetrics(MeterRegistry registry, OrgMeters orgs) {
        this.registry = registry;
        this.orgs = orgs;
        orgs.level("sluice.org.buffered.bytes", "Bytes held in replay buffers", () -> buffered);
        gauge("sluice.hub.shards", "Shards this node is registered for on the bus", shards);
        gauge("sluice.hub.streams", "Streams this node holds", streams);
        gauge("sluice.hub.buffer.bytes", "Bytes held in replay buffers", bufferBytes);
        pushesMissed = counter("sluice.pushes.missed", "Shards that were found to have moved without a push");
        pushesDuplicate = counter("sluice.pushes.duplicate", "Pushes that brought nothing new");
        repairs = counter("sluice.repairs", "Reads of the log that brought events whose push had not come");
        repairsFailed = counter("sluice.repairs.failed", "Reads for a repair that the log did not answer");
        repairedEvents = counter("sluice.events.repaired", "Events fetched because their push had not come");
        epochChanges = counter("sluice.epoch.changes", "Streams that went on in another epoch");
        epochRenewals = counter(
                "sluice.epoch.renewals", "Streams whose log was behind what had been delivered and began a new epoch");
        registrationRenewals =
                counter("sluice.registration.renewals", "Registrations of shards on the bus that were made again");
        versionCheckFailures = counter("sluice.version.check.failures", "Version checks that the log did not answer");
        batches = counter("sluice.batches", "Batches encoded");
        deflatedBatches = counter("sluice.batches.deflated", "Batches encoded and deflated");
        batchEvents =
                Distributions.amounts(registry, "sluice.batch.events", "Events in a batch", null, Distributions.EVENTS);
        batchBytes = Distributions.amounts(
                registry, "sluice.batch.bytes", "Bytes of a batch, not deflated", null, Distributions.BYTES);
    }

    private Counter counter(String name, String description) {
        return Counter.builder(name).description(description).register(registry);
    }

    private void gauge(String name, String description, Number value) {
        Gauge.builder(name, () -> value).description(description).register(registry);
    }

    int streams() {
        return streams.get();
    }

    /** What the hub holds. */
    public void hubSize(int shardCount, int streamCount, long bytes) {
        shards.set(shardCount);
        streams.set(streamCount);
        bufferBytes.set(bytes);
    }

    /** Whether somebody wants to know what {@linkplain #buffered each org has} in replay buffers. */
    public boolean namesOrgs() {
        return orgs.isOn();
    }

    /** What each org has in replay buffers; not changed any more. */
    public void buffered(OrgAmounts amounts) {
        buffered = amounts;
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
        repairs.increment();
        repairedEvents.increment((double) events);
    }

    /** The log did not answer a repair, which will be tried again. */
    public void repairFailed() {
        repairsFailed.increment();
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
        batchEvents.record(batch.size());
        batchBytes.record(batch.bytes());
        if (batch.isDeflated()) {
            deflatedBatches.increment();
        }
    }
}
