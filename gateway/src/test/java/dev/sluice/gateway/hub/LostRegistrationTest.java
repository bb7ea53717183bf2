// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.hub;

import static dev.sluice.gateway.simulation.Simulation.FINANCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.simulation.ManualTime;
import dev.sluice.gateway.simulation.SimulatedBus;
import dev.sluice.gateway.simulation.Simulation;
import dev.sluice.stream.bus.CommittedBatch;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The cluster forgets who listens, and nobody is told: pushes must come again without a restart. */
class LostRegistrationTest {

    private static final Duration ONE_CHECK = Duration.ofMillis(1_200);

    private final Simulation simulation = Simulation.with().shards(1).create();
    private final HubFixture hub = new HubFixture(simulation);
    private final SimulatedBus bus = simulation.bus();
    private final ManualTime time = simulation.time();

    @Test
    void shouldRegisterAgainWhenCheckAfterCheckFindsWhatNoPushBrought() {
        StreamFeed feed = hub.attach(FINANCE);
        bus.forgetRegistrations();

        for (int i = 0; i < 3; i++) {
            assertThat(bus.registrations()).isZero();
            missOne();
        }

        assertThat(bus.registrations()).isEqualTo(1);
        hub.publish(FINANCE, 1);
        assertThat(hub.held(feed)).as("by push, at once").containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void shouldNotRegisterAgainWhenPushesComeBetween() {
        hub.attach(FINANCE);

        for (int i = 0; i < 20; i++) {
            missOne();
            missOne();
            hub.publish(FINANCE, 1);
        }

        assertThat(bus.subscribed()).isEqualTo(1);
    }

    /** All pushes are lost on the way, and no registration helps: the cluster must not be kept busy with trying. */
    @Test
    void shouldTryMoreRarelyWhenItDoesNotHelp() {
        hub.attach(FINANCE);

        for (int i = 0; i < 200; i++) {
            missOne();
        }

        assertThat(bus.subscribed()).isBetween(5, 8);
        assertThat(bus.registrations()).isEqualTo(1);
    }

    @Test
    void shouldTryAgainWhenTheClusterDoesNotTakeTheNewRegistration() {
        hub.attach(FINANCE);
        bus.forgetRegistrations();
        bus.failNext(1);

        for (int i = 0; i < 9; i++) {
            missOne();
        }

        assertThat(bus.registrations()).isEqualTo(1);
    }

    @Test
    void shouldRegisterAgainWhenTheClusterChanged() {
        StreamFeed feed = hub.attach(FINANCE);
        bus.forgetRegistrations();

        hub.hub().clusterChanged();
        time.settle();

        hub.publish(FINANCE, 2);
        assertThat(hub.held(feed)).containsExactly(1L, 2L);
    }

    @Test
    void shouldTakeNothingTwiceWhenBothRegistrationsBringAPush() {
        StreamFeed feed = hub.attach(FINANCE);
        bus.slow();
        hub.hub().clusterChanged();
        time.settle();
        CommittedBatch batch = hub.commit(FINANCE, 2);
        assertThat(bus.receivers(0))
                .as("the new one first, then the old one away")
                .hasSize(2);

        hub.deliver(batch);
        bus.confirm();
        time.settle();

        assertThat(hub.held(feed)).containsExactly(1L, 2L);
        assertThat(bus.receivers(0)).hasSize(1);
        hub.publish(FINANCE, 1);
        assertThat(hub.held(feed)).containsExactly(1L, 2L, 3L);
    }

    @Test
    void shouldLeaveNoneBehindWhenLetGoWhileItIsMadeAgain() {
        StreamFeed feed = hub.attach(FINANCE);
        bus.slow();
        hub.hub().clusterChanged();
        time.settle();

        hub.detach(feed);
        time.advance(Duration.ofSeconds(15));
        bus.confirm();
        time.settle();

        assertThat(bus.registrations()).isZero();
    }

    /** A commit without a push; long enough for a check to find it. */
    private void missOne() {
        hub.commit(FINANCE, 1);
        time.advance(ONE_CHECK);
    }
}
