// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.StreamKey;
import dev.sluice.testkit.client.Subscriber;
import dev.sluice.testkit.cluster.GatewayProcess;
import dev.sluice.testkit.cluster.TestCluster;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/** A node that is stopped in its tracks for longer than the failure detection, and then goes on as if no time had passed. */
@Isolated
@Timeout(300)
@ExtendWith(WholeCluster.class)
class PauseIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private TestCluster cluster;

    @BeforeEach
    void take(TestCluster whole) {
        cluster = whole;
    }

    @Test
    void nothingStaleShouldBeServedWhenANodeWasPaused() throws IOException {
        try (Traffic traffic =
                new Traffic(cluster, () -> cluster.publisherNode(0).uri())) {
            GatewayProcess victim = cluster.ownerOf(new StreamKey(traffic.org(), "service0"));
            victim.pause();
            long resumedMs = traffic.awaitFlow("without the paused node");
            traffic.keepOn(Faulty.PAUSE);
            Subscriber probe = cluster.subscriber(traffic.org(), "probe", "service0");
            probe.setCursor(
                    "service0",
                    traffic.followers().get(0).subscriber().cursors().get("service0"));
            victim.resume();
            // It may refuse, close or send away as long as it likes; but if it answers, then from the present.
            TestCluster.awaitUntil(PATIENCE, "the resumed node serves", () -> connects(probe, victim));
            assertThat(Faulty.subscribed(probe, "service0").getBoolean("recovered"))
                    .as("a position that was given to a client while it was away: %s", probe.frames())
                    .isTrue();
            cluster.awaitMembers(3);
            long backMs = traffic.awaitFlow("after the pause");
            Faulty.report("SIGSTOP", "resumedMs", resumedMs, "flowAfterResumeMs", backMs);
            traffic.finish();
            assertThat(traffic.announcements()).isEmpty();
            assertThat(probe.violations()).isEmpty();
            probe.close();
        }
    }

    private static boolean connects(Subscriber probe, GatewayProcess node) {
        try {
            probe.connect(node.uri());
            return true;
        } catch (IOException | AssertionError e) {
            probe.drop();
            return false;
        }
    }
}
