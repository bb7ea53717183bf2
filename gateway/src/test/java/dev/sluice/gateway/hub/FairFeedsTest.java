// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.simulation.Simulation;
import dev.sluice.stream.StreamKey;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A flood of one org on the hub's loop. */
class FairFeedsTest {

    private static final StreamKey NOISY = new StreamKey("noisy", "finance");
    private static final StreamKey QUIET = new StreamKey("quiet", "finance");

    private final Simulation simulation = Simulation.with().create();
    private final HubFixture hub = new HubFixture(simulation);

    @Test
    void shouldEncodeAQuietOrgsEventBeforeTheRestOfAFlood() {
        StreamFeed noisy = hub.attach(NOISY);
        StreamFeed quiet = hub.attach(QUIET);
        List<Long> encodedOfTheFlood = new ArrayList<>();
        quiet.addListener(feed -> encodedOfTheFlood.add(noisy.buffer().head()));

        simulation.publisher().padding(60_000);
        for (int i = 0; i < 10; i++) {
            simulation.publisher().publish(NOISY, 10);
        }
        simulation.publisher().padding(0);
        simulation.publisher().publish(QUIET, 1);
        simulation.time().settle();

        assertThat(noisy.buffer().head()).isEqualTo(100);
        assertThat(encodedOfTheFlood).hasSize(1);
        assertThat(encodedOfTheFlood.get(0)).isLessThan(50);
        assertThat(hub.held(noisy)).isNotEmpty();
        assertThat(hub.held(quiet)).containsExactly(1L);
    }

    @Test
    void shouldSendAFloodPlainAndAQuietOrgDeflated() {
        StreamFeed noisy = hub.attach(NOISY);
        StreamFeed quiet = hub.attach(QUIET);
        noisy.countDeflating(1);
        quiet.countDeflating(1);

        simulation.publisher().padding(20_000);
        simulation.publisher().publish(NOISY, 45);
        simulation.publisher().publish(QUIET, 3);
        simulation.time().settle();

        assertThat(noisy.buffer().frameAfter(0).deflated()).as("it came behind").isNull();
        assertThat(noisy.buffer().frameAfter(42).deflated()).as("it caught up").isNotNull();
        assertThat(quiet.buffer().frameAfter(0).deflated()).isNotNull();
    }
}
