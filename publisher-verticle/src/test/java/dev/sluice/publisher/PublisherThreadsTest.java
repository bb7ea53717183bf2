// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.Receipt;
import dev.sluice.stream.StreamKey;
import dev.sluice.stream.log.Commit;
import dev.sluice.stream.log.CommitResult;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A publisher on a real event loop, called from many threads. */
@Timeout(60)
class PublisherThreadsTest {

    private static final int THREADS = 8;
    private static final int EVENTS = 2_000;

    private final Vertx vertx = Vertx.vertx();
    private final FaultyLog log = new FaultyLog(4, 64);
    private EventPublisher publisher;

    @BeforeEach
    void create() {
        publisher = EventPublisher.create(
                vertx, log, batch -> {}, PublisherOptions.defaults(), new PublisherMetrics(new SimpleMeterRegistry()));
    }

    @AfterEach
    void close() throws Exception {
        publisher.close().await(10, TimeUnit.SECONDS);
        vertx.close().await(10, TimeUnit.SECONDS);
    }

    @Test
    void shouldKeepTheOrderOfEveryThreadInEveryStreamWhenManyPublishAndAttemptsFail() throws Exception {
        Random chance = new Random(5);
        log.behave(commit -> later(commit, chance.nextInt(10)));
        List<StreamKey> streams = IntStream.range(0, 6)
                .mapToObj(i -> new StreamKey("acme", "s" + i))
                .toList();

        List<Future<Receipt>> receipts = inThreads(thread -> IntStream.range(0, EVENTS)
                .mapToObj(n -> publisher.submit(TestEvents.event(streams.get(n % streams.size()), thread + "-" + n)))
                .toList());
        Future.all(receipts).await(40, TimeUnit.SECONDS);

        assertThat(log.mostInFlight()).isEqualTo(1);
        int stored = 0;
        for (StreamKey stream : streams) {
            List<String> ids = log.stored(stream).stream()
                    .map(json -> json.replaceAll(".*\"id\":\"([^\"]*)\".*", "$1"))
                    .toList();
            stored += ids.size();
            for (int thread = 0; thread < THREADS; thread++) {
                String prefix = thread + "-";
                List<Integer> numbers = ids.stream()
                        .filter(id -> id.startsWith(prefix))
                        .map(id -> Integer.parseInt(id.substring(prefix.length())))
                        .toList();
                assertThat(numbers).isSorted().doesNotHaveDuplicates();
            }
        }
        assertThat(stored).isEqualTo(THREADS * EVENTS);
        assertThat(log.attempts()).hasSizeLessThan(THREADS * EVENTS / 4);
    }

    @Test
    void shouldCallBackOnTheContextThatPublished() throws Exception {
        Promise<Context> calledBackOn = Promise.promise();
        Context context = vertx.getOrCreateContext();
        context.runOnContext(nothing -> publisher
                .publish(TestEvents.event(PublisherBench.FINANCE, 1))
                .onComplete(position -> calledBackOn.complete(Vertx.currentContext())));

        assertThat(calledBackOn.future().await(10, TimeUnit.SECONDS)).isSameAs(context);
    }

    @Test
    void shouldLetAThreadThatIsNotVertxsWaitForTheReceipt() throws Exception {
        Receipt receipt =
                publisher.submit(TestEvents.event(PublisherBench.FINANCE, 1)).await(10, TimeUnit.SECONDS);

        assertThat(receipt.position().seq()).isEqualTo(1);
    }

    @Test
    void shouldRetryAndTimeOutOnTheRealClock() throws Exception {
        PublisherOptions defaults = PublisherOptions.defaults();
        EventPublisher impatient = EventPublisher.create(
                vertx,
                log,
                batch -> {},
                new PublisherOptions(
                        1_000,
                        1 << 20,
                        Duration.ofMillis(200),
                        Duration.ofMillis(10),
                        Duration.ofMillis(20),
                        5,
                        Duration.ofMillis(50),
                        defaults.closeTimeout(),
                        defaults.fairness(),
                        defaults.http()),
                new PublisherMetrics(new SimpleMeterRegistry()));
        log.behave(log::failBefore);

        Throwable failure = impatient
                .submit(TestEvents.event(PublisherBench.FINANCE, 1))
                .transform(answer -> Future.succeededFuture(answer.cause()))
                .await(10, TimeUnit.SECONDS);

        assertThat(failure).isInstanceOf(PublishUnavailableException.class);
        assertThat(log.attempts()).hasSizeGreaterThan(5);
        impatient.close().await(10, TimeUnit.SECONDS);
    }

    /** Answers on another turn of the loop, and one time in ten not at all at first. */
    private Future<CommitResult> later(Commit commit, int chance) {
        Promise<CommitResult> promise = Promise.promise();
        vertx.getOrCreateContext()
                .runOnContext(nothing -> (chance == 0 ? log.failAfter(commit) : log.apply(commit)).onComplete(promise));
        return promise.future();
    }

    private interface Work {
        List<Future<Receipt>> run(int thread);
    }

    private static List<Future<Receipt>> inThreads(Work work) throws InterruptedException, ExecutionException {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        List<java.util.concurrent.Future<List<Future<Receipt>>>> results = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            int thread = i;
            results.add(threads.submit(() -> work.run(thread)));
        }
        List<Future<Receipt>> all = new ArrayList<>();
        for (java.util.concurrent.Future<List<Future<Receipt>>> result : results) {
            all.addAll(result.get());
        }
        threads.shutdown();
        return all;
    }
}
