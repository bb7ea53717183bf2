// SPDX-License-Identifier: Apache-2.0

import dev.sluice.publisher.EventPublisher;
import dev.sluice.publisher.PublisherMetrics;
import dev.sluice.publisher.PublisherOptions;
import dev.sluice.stream.Event;
import dev.sluice.stream.EventParser;
import dev.sluice.stream.Receipt;
import dev.sluice.stream.cluster.ClusterJoin;
import dev.sluice.stream.cluster.ClusterNode;
import dev.sluice.stream.cluster.ClusterOptions;
import dev.sluice.stream.cluster.RuntimeOptions;
import dev.sluice.stream.config.ConfigLoader;
import dev.sluice.stream.log.HazelcastStreamLog;
import dev.sluice.stream.log.LogOptions;
import dev.sluice.stream.log.StreamLog;
import dev.sluice.stream.metrics.MetricsOptions;
import dev.sluice.stream.metrics.OrgMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A service in the JVM that publishes as fast as it is acknowledged: a lite member with an {@link EventPublisher}, as the finance sample
 * has. Arguments: seconds to warm up, seconds to measure, streams, events that may wait for their acknowledgement. The cluster is that of
 * the environment, as for {@code ./sluice node}. Prints a line of key=value; exits 1 if an event failed or a stream is not dense.
 */
final class JvmPublisher {

    private static final int EVENT_BYTES = 256;
    private static final int ORGS = 8;

    record Root(ClusterOptions cluster, RuntimeOptions runtime, LogOptions log, PublisherOptions publisher) {}

    private final EventPublisher publisher;
    private final int streams;
    private final Semaphore window;
    private final AtomicInteger failed = new AtomicInteger();
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicLong[] last;
    private final long[] sent;

    private JvmPublisher(EventPublisher publisher, int streams, int window) {
        this.publisher = publisher;
        this.streams = streams;
        this.window = new Semaphore(window);
        this.last = new AtomicLong[streams];
        this.sent = new long[streams];
        for (int i = 0; i < streams; i++) {
            last[i] = new AtomicLong();
        }
    }

    /** Measures. */
    public static void main(String[] args) throws Exception {
        Root root = ConfigLoader.load(
                new Root(ClusterOptions.defaults(), RuntimeOptions.defaults(), LogOptions.defaults(), PublisherOptions.defaults()),
                Optional.empty(),
                Map.copyOf(System.getenv()));
        ClusterNode node = new ClusterJoin(root.cluster(), root.runtime()).asLiteMember().join().await(60, TimeUnit.SECONDS);
        StreamLog log = HazelcastStreamLog.open(node.vertx(), node.hazelcast(), root.log()).await(60, TimeUnit.SECONDS);
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        EventPublisher publisher = EventPublisher.create(
                node.vertx(), log, root.publisher(),
                new PublisherMetrics(registry, new OrgMeters(registry, MetricsOptions.defaults())));
        JvmPublisher run = new JvmPublisher(publisher, Integer.parseInt(args[2]), Integer.parseInt(args[3]));
        run.publishFor(Integer.parseInt(args[0]));
        long before = run.acknowledged.get();
        long start = System.nanoTime();
        run.publishFor(Integer.parseInt(args[1]));
        long events = run.acknowledged.get() - before;
        double seconds = (System.nanoTime() - start) / 1e9;
        run.awaitAll(Integer.parseInt(args[3]));
        System.out.printf("acknowledged=%d seconds=%.3f failed=%d holes=%d%n", events, seconds, run.failed.get(), run.holes());
        publisher.close().await(20, TimeUnit.SECONDS);
        node.leave().await(20, TimeUnit.SECONDS);
        System.exit(run.failed.get() == 0 && run.holes() == 0 ? 0 : 1);
    }

    private void publishFor(int seconds) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        for (int i = 0; System.nanoTime() - end < 0; i = (i + 1) % streams) {
            window.acquire();
            int stream = i;
            sent[stream]++;
            publisher.submit(event(stream, sent[stream])).onComplete(receipt -> {
                window.release();
                if (receipt.failed()) {
                    failed.incrementAndGet();
                } else {
                    acknowledged(stream, receipt.result());
                }
            });
        }
    }

    private void acknowledged(int stream, Receipt receipt) {
        acknowledged.incrementAndGet();
        last[stream].accumulateAndGet(receipt.position().seq(), Math::max);
    }

    private void awaitAll(int permits) throws InterruptedException {
        if (!window.tryAcquire(permits, 60, TimeUnit.SECONDS)) {
            failed.incrementAndGet();
        }
    }

    /** Streams whose last number is not the number of events that were sent to them. */
    private int holes() {
        int holes = 0;
        for (int i = 0; i < streams; i++) {
            holes += last[i].get() == sent[i] ? 0 : 1;
        }
        return holes;
    }

    private static Event event(int stream, long number) {
        String head = "{\"specversion\":\"1.0\",\"id\":\"" + number + "\",\"source\":\"/jvm" + stream
                + "\",\"type\":\"bench.event\",\"org\":\"jvm" + stream % ORGS + "\",\"service\":\"s" + stream + "\",\"data\":\"";
        String padding = "x".repeat(Math.max(0, EVENT_BYTES - head.length() - 2));
        return EventParser.parse((head + padding + "\"}").getBytes(StandardCharsets.UTF_8));
    }
}
