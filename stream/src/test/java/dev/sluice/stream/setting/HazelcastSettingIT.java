// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.setting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.stream.cluster.ClusterNode;
import dev.sluice.stream.cluster.TestMembers;
import dev.sluice.stream.revocation.HazelcastRevocations;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A setting, and revocations, in a real cluster, with the cluster.xml that ships. */
@Timeout(180)
class HazelcastSettingIT {

    private final String clusterName = "setting-" + UUID.randomUUID();
    /** Who leaves hands over first, however slow the machine. */
    private static final Duration LEAVE_TIMEOUT = Duration.ofSeconds(60);

    private final List<ClusterNode> nodes = new ArrayList<>();

    @AfterEach
    void leave() {
        Future.join(nodes.stream().map(ClusterNode::leave).toList()).await();
    }

    private ClusterNode join() {
        ClusterNode node = TestMembers.join(clusterName, LEAVE_TIMEOUT);
        nodes.add(node);
        return node;
    }

    private static HazelcastSetting setting(ClusterNode node) {
        return new HazelcastSetting(node.vertx(), node.hazelcast(), "flags");
    }

    private static HazelcastRevocations revocations(ClusterNode node) {
        return new HazelcastRevocations(node.vertx(), node.hazelcast());
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.await(30, TimeUnit.SECONDS);
    }

    @Test
    void shouldBeTheSameOnEveryNodeAndOutliveTheOneThatSetIt() throws Exception {
        ClusterNode first = join();
        ClusterNode second = join();
        List<String> told = new CopyOnWriteArrayList<>();
        setting(second).listen(told::add);
        assertThat(get(setting(second).read())).isEmpty();

        assertThat(get(setting(first).replace(Optional.empty(), "a"))).isTrue();
        assertThat(get(setting(second).replace(Optional.empty(), "b")))
                .as("somebody was faster")
                .isFalse();
        assertThat(get(setting(second).replace(Optional.of("x"), "b")))
                .as("it is not what it is believed to be")
                .isFalse();
        assertThat(get(setting(second).replace(Optional.of("a"), "b"))).isTrue();
        assertThat(get(setting(first).read())).hasValue("b");
        await().untilAsserted(() -> assertThat(told).containsExactly("a", "b"));

        List<String> toldOfRevocations = new CopyOnWriteArrayList<>();
        revocations(second).listen(toldOfRevocations::add);
        assertThat(get(revocations(first).put("k", "{}", Duration.ofDays(30)))).isTrue();
        assertThat(get(revocations(first).put("soon", "{}", Duration.ofMillis(1_100))))
                .isTrue();
        await().untilAsserted(() -> assertThat(toldOfRevocations).hasSize(2));
        await().untilAsserted(() -> assertThat(get(revocations(second).read()))
                .as("the other one has forgotten itself")
                .containsOnlyKeys("k"));
        get(revocations(first).put("removed", "{}", Duration.ofDays(30)));
        get(revocations(second).remove("removed"));

        ClusterNode third = join();
        assertThat(get(setting(third).read())).hasValue("b");
        nodes.remove(first);
        get(first.leave());
        nodes.remove(second);
        get(second.leave());
        assertThat(get(setting(third).read())).as("it has moved").hasValue("b");
        assertThat(get(revocations(third).read())).containsOnlyKeys("k");
    }
}
