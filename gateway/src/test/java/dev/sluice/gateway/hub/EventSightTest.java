// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.hub;

import static dev.sluice.gateway.simulation.Simulation.FINANCE;
import static dev.sluice.gateway.simulation.Simulation.STAFF;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.replay.Arrival;
import dev.sluice.gateway.replay.Arrival.Way;
import dev.sluice.gateway.simulation.Simulation;
import dev.sluice.stream.Position;
import dev.sluice.stream.StreamKey;
import dev.sluice.stream.bus.CommittedBatch;
import dev.sluice.stream.log.ShardVersion;
import io.vertx.core.Future;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a node knows of the way of an event to it. */
class EventSightTest {

    private final Simulation simulation = Simulation.create();
    private final HubFixture hub = new HubFixture(simulation);

    private Optional<EventSight> sight(StreamKey key, String epoch, long seq) {
        Future<Optional<EventSight>> sight = hub.hub().sight(key, new Position(epoch, seq));
        simulation.time().settle();
        return sight.result();
    }

    private EventSight sight(StreamFeed feed, long seq) {
        return sight(FINANCE, feed.buffer().epoch(), seq).orElseThrow();
    }

    private Way way(StreamFeed feed, long seq) {
        return sight(feed, seq).arrival().orElseThrow().way();
    }

    @Test
    void shouldTellWhenAPushArrived() {
        long opened = simulation.time().millis();
        StreamFeed feed = hub.attach(FINANCE);
        simulation.time().advance(1_234);
        long now = simulation.time().millis();
        hub.publish(FINANCE, 3);
        simulation.time().advance(5_000);

        EventSight sight = sight(feed, 2);

        assertThat(sight.arrival()).hasValue(new Arrival(now, Way.PUSHED));
        assertThat(sight.openSince()).isEqualTo(opened);
        assertThat(sight.sessions()).isEqualTo(1);
        assertThat(sight.head()).hasValue(new Position(feed.buffer().epoch(), 3));
        assertThat(sight.oldest()).isEqualTo(1);
        assertThat(sight(feed, 4).arrival()).as("not here yet").isEmpty();
        assertThat(sight(FINANCE, "another", 2).orElseThrow().arrival()).isEmpty();
    }

    /** The lost one and the one after it come into the same frame. */
    @Test
    void shouldTellWhichPushWasLost() {
        StreamFeed feed = hub.attach(FINANCE);
        hub.publish(FINANCE, 1);
        hub.commit(FINANCE, 1);
        CommittedBatch next = hub.commit(FINANCE, 1);
        hub.deliver(next);
        simulation.time().advance(5_000);
        hub.publish(FINANCE, 2);

        assertThat(way(feed, 1)).isEqualTo(Way.PUSHED);
        assertThat(way(feed, 2)).isEqualTo(Way.FETCHED);
        assertThat(way(feed, 4)).as("all is as usual again").isEqualTo(Way.PUSHED);
        assertThat(way(feed, 5)).isEqualTo(Way.PUSHED);
    }

    /** More than one frame takes. */
    @Test
    void shouldKeepApartWhatWasFetchedOverSeveralFrames() {
        StreamFeed feed = hub.attach(FINANCE);
        hub.commit(FINANCE, 150);
        simulation.time().advance(5_000);
        hub.publish(FINANCE, 150);

        assertThat(way(feed, 1)).isEqualTo(Way.FETCHED);
        assertThat(way(feed, 100)).isEqualTo(Way.FETCHED);
        assertThat(way(feed, 150)).isEqualTo(Way.FETCHED);
        assertThat(way(feed, 151)).isEqualTo(Way.PUSHED);
        assertThat(way(feed, 300)).isEqualTo(Way.PUSHED);
    }

    @Test
    void shouldNotSayWhenHistoryCame() {
        hub.publish(FINANCE, 3);
        StreamFeed feed = hub.attach(FINANCE);
        assertThat(sight(feed, 2).arrival()).isEmpty();
        hub.publish(FINANCE, 1);
        hub.hub().reconcile(feed);
        simulation.time().settle();

        assertThat(sight(feed, 2).arrival()).hasValue(new Arrival(0, Way.LOADED));
        assertThat(way(feed, 4)).isEqualTo(Way.PUSHED);
    }

    @Test
    void shouldNeitherHoldNorMakeAStreamForTheQuestion() {
        hub.publish(FINANCE, 2);
        assertThat(sight(FINANCE, "e1", 1)).isEmpty();
        Future<Optional<Position>> there = hub.hub().position(FINANCE);
        Future<Optional<Position>> nowhere = hub.hub().position(STAFF);
        simulation.time().settle();

        assertThat(there.result().orElseThrow().seq()).isEqualTo(2);
        assertThat(nowhere.result()).isEmpty();
        assertThat(simulation.log().changes(0, ShardVersion.NONE).result().heads())
                .containsOnlyKeys(FINANCE);
    }
}
