// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import com.hazelcast.map.listener.EntryAddedListener;
import dev.sluice.stream.bus.BusAddresses;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.MessageConsumer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

/** What two members know of who listens to which shard. */
@Timeout(120)
class BusRegistryIT {

    /** Hazelcast's default. */
    private static final int NEWS_THREADS = 5;

    private final String clusterName = "registry-" + UUID.randomUUID();
    private final List<ClusterNode> nodes = new ArrayList<>();

    @AfterEach
    void leaveAll() {
        Future.join(nodes.stream().map(ClusterNode::leave).toList()).await();
    }

    private Vertx join() {
        return joinNode().vertx();
    }

    private ClusterNode joinNode() {
        ClusterNode node = TestMembers.join(clusterName, Duration.ofSeconds(5));
        nodes.add(node);
        return node;
    }

    /** Each question would be an operation on another member, for every push to a shard that no gateway listens to. */
    @Test
    void shouldNotAskForEachMessageToAShardThatNobodyListensTo() throws Exception {
        EventBus sender = join().eventBus();
        join();
        for (int i = 0; i < 100; i++) {
            // Each when it is known that nobody listens to the one before, or they would share an answer.
            tellNobody(sender, BusAddresses.shard(3));
        }
        // One for each second that it took.
        assertThat(questions()).isBetween(1L, 20L);
    }

    /** How often members looked up who listens at an address. */
    private long questions() {
        return nodes.stream()
                .mapToLong(node -> node.hazelcast()
                        .getMultiMap("__vertx.subs")
                        .getLocalMultiMapStats()
                        .getGetOperationCount())
                .sum();
    }

    /** The limit would end the silence, too, but not before it has passed: on a slow machine a later attempt shows it. */
    @Test
    void shouldHearOfAListenerElsewhereBeforeTheLimit() throws Exception {
        EventBus sender = join().eventBus();
        EventBus receiver = join().eventBus();
        Duration shortest = SilentAddresses.LIMIT;
        for (int shard = 0; shard < 20 && shortest.compareTo(SilentAddresses.LIMIT) >= 0; shard++) {
            String address = BusAddresses.shard(shard);
            List<String> heard = new CopyOnWriteArrayList<>();
            long since = System.nanoTime();
            tellNobody(sender, address);
            receiver.<String>consumer(address, message -> heard.add(message.body()))
                    .completion()
                    .await(10, TimeUnit.SECONDS);
            await().pollInterval(Duration.ofMillis(5))
                    .atMost(Duration.ofSeconds(10))
                    .until(() -> {
                        sender.publish(address, "somebody");
                        return !heard.isEmpty();
                    });
            shortest = Duration.ofNanos(System.nanoTime() - since);
        }
        assertThat(shortest).isLessThan(SilentAddresses.LIMIT);
    }

    /** Whoever is told that it is registered gets the next message, even if the news of it is late. */
    @Test
    void shouldKnowOfAListenerHereBeforeTheNewsOfIt() throws Exception {
        EventBus bus = join().eventBus();
        String address = BusAddresses.shard(3);
        tellNobody(bus, address);
        CountDownLatch held = holdNews(nodes.get(0).hazelcast());
        List<String> heard = new CopyOnWriteArrayList<>();
        try {
            bus.<String>consumer(address, message -> heard.add(message.body()))
                    .completion()
                    .compose(registered ->
                            bus.<String>publisher(address).write("first").otherwiseEmpty())
                    .await(10, TimeUnit.SECONDS);
        } finally {
            held.countDown();
        }
        bus.publish(address, "second");
        await().atMost(Duration.ofSeconds(10)).until(() -> heard.contains("second"));
        assertThat(heard).containsExactly("first", "second");
    }

    /** So it was when a node started while another left: the whole node ended with it. */
    @Test
    void shouldRegisterAgainWhenTheBackupStaysWithoutAnAnswer() throws Exception {
        ClusterNode here = joinNode();
        ClusterNode there = joinNode();
        String address = ownedBy(here, there);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.list = new CopyOnWriteArrayList<>();
        lines.start();
        Logger logger = (Logger) LoggerFactory.getLogger(BusRegistry.class);
        logger.setLevel(Level.INFO);
        logger.addAppender(lines);
        HeldPartition held = HeldPartition.of(there.hazelcast(), address);
        try {
            MessageConsumer<String> consumer = here.vertx().eventBus().consumer(address, message -> {});
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> !lines.list.isEmpty() || consumer.completion().isComplete());
            held.letGo();
            consumer.completion().await(30, TimeUnit.SECONDS);
            assertThat(lines.list).hasSize(1);
        } finally {
            held.letGo();
            logger.detachAppender(lines);
            logger.setLevel(null);
        }
    }

    /** An address whose registrations the first keeps and the second has a copy of. */
    private static String ownedBy(ClusterNode owner, ClusterNode backup) {
        Member member = owner.hazelcast().getCluster().getLocalMember();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> owner.hazelcast().getPartitionService().isClusterSafe()
                        && backup.hazelcast().getPartitionService().isLocalMemberSafe());
        return IntStream.range(0, 1_000)
                .mapToObj(i -> "address-" + i)
                .filter(address -> member.equals(owner.hazelcast()
                        .getPartitionService()
                        .getPartition(address)
                        .getOwner()))
                .findFirst()
                .orElseThrow();
    }

    /** Occupies every thread that tells news of the cluster. */
    private static CountDownLatch holdNews(HazelcastInstance hazelcast) {
        CountDownLatch held = new CountDownLatch(1);
        AtomicInteger occupied = new AtomicInteger();
        IMap<Integer, Integer> map = hazelcast.getMap("held");
        EntryAddedListener<Integer, Integer> holding = added -> {
            occupied.incrementAndGet();
            try {
                held.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
        map.addEntryListener(holding, false);
        for (int key = 0; key < 10 * NEWS_THREADS; key++) {
            map.put(key, key); // which thread tells of it depends on the partition
        }
        await().atMost(Duration.ofSeconds(10)).until(() -> occupied.get() == NEWS_THREADS);
        return held;
    }

    private static void tellNobody(EventBus sender, String address) throws Exception {
        sender.<String>publisher(address).write("nobody").otherwiseEmpty().await(10, TimeUnit.SECONDS);
    }
}
