// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher;

import dev.sluice.stream.Event;
import dev.sluice.stream.Receipt;
import dev.sluice.stream.StreamKey;
import dev.sluice.stream.bus.CommittedBatch;
import dev.sluice.stream.trace.Tracing;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/** A publisher on a loop that stands still, before a log that does what it is told. */
final class PublisherBench {

    static final UUID PUBLISHER = new UUID(1, 2);
    static final StreamKey FINANCE = new StreamKey("acme", "finance");

    /** An org may hold 1 000 events and 1 MiB, all together twice that. Pauses of 10 to 80 ms, breaker after 3 failures for 200 ms. */
    static final PublisherOptions OPTIONS = new PublisherOptions(
            2_000,
            2L << 20,
            Duration.ofSeconds(5),
            Duration.ofMillis(10),
            Duration.ofMillis(80),
            3,
            Duration.ofMillis(200),
            Duration.ofSeconds(2),
            new FairnessOptions(50, 1 << 20, 1_000),
            PublisherHttpOptions.defaults());

    final ManualLoop loop = new ManualLoop();
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final List<CommittedBatch> pushes = new ArrayList<>();
    final FaultyLog log;
    final EventPublisher publisher;

    PublisherBench() {
        this(OPTIONS, new FaultyLog(4, 64));
    }

    PublisherBench(PublisherOptions options, FaultyLog log) {
        this(options, log, new Random(7));
    }

    PublisherBench(Tracing tracing) {
        this(OPTIONS, new FaultyLog(4, 64), new Random(7), tracing);
    }

    PublisherBench(PublisherOptions options, FaultyLog log, Random random) {
        this(options, log, random, Tracing.OFF);
    }

    private PublisherBench(PublisherOptions options, FaultyLog log, Random random, Tracing tracing) {
        this.log = log;
        this.publisher = new EventPublisher(
                loop, log, this::push, options, new PublisherMetrics(registry), PUBLISHER, random, tracing);
    }

    private void push(CommittedBatch batch) {
        pushes.add(batch);
    }

    Future<Receipt> submit(StreamKey key, int number) {
        return submit(TestEvents.event(key, number));
    }

    Future<Receipt> submit(Event event) {
        Future<Receipt> receipt = publisher.submit(event);
        loop.run();
        return receipt;
    }

    Future<List<Receipt>> submitAll(List<Event> events) {
        Future<List<Receipt>> receipts = publisher.submitAll(events);
        loop.run();
        return receipts;
    }

    /** The streams of the org {@code acme} in a shard other than that of {@link #FINANCE}. */
    StreamKey elsewhere(int index) {
        int home = FINANCE.shard(log.shards());
        List<Integer> seen = new ArrayList<>(List.of(home));
        for (int i = 0; ; i++) {
            StreamKey key = new StreamKey("acme", "s" + i);
            int shard = key.shard(log.shards());
            if (!seen.contains(shard)) {
                seen.add(shard);
                if (seen.size() == index + 2) {
                    return key;
                }
            }
        }
    }

    /** Another stream in the shard of {@link #FINANCE}. */
    StreamKey neighbour() {
        int home = FINANCE.shard(log.shards());
        for (int i = 0; ; i++) {
            StreamKey key = new StreamKey("acme", "n" + i);
            if (key.shard(log.shards()) == home) {
                return key;
            }
        }
    }

    double count(String name, String... tags) {
        return registry.get(name).tags(tags).counter().count();
    }

    double gauge(String name) {
        return registry.get(name).gauge().value();
    }
}
