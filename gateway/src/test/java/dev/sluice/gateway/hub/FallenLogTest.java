// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.hub;

import static dev.sluice.gateway.simulation.Simulation.FINANCE;
import static dev.sluice.gateway.simulation.Simulation.STAFF;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.simulation.ManualTime;
import dev.sluice.gateway.simulation.SimulatedLog;
import dev.sluice.gateway.simulation.Simulation;
import dev.sluice.gateway.simulation.TestClient;
import dev.sluice.stream.StreamKey;
import dev.sluice.stream.bus.CommittedBatch;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * More nodes are lost at once than there are backups, and an older replica takes over: seqs that were delivered would be given to other
 * events. Whoever finds that out ends the epoch; nobody gets a seq twice with other content, and nobody misses an event unannounced.
 */
class FallenLogTest {

    private static final Duration SECONDS = Duration.ofSeconds(5);

    private final Simulation simulation = Simulation.with().shards(1).create();
    private final HubFixture hub = new HubFixture(simulation);
    private final ManualTime time = simulation.time();
    private final SimulatedLog log = simulation.log();

    @Test
    void shouldEndTheEpochWhenTheLogIsBehindWhatWasDelivered() {
        StreamFeed feed = hub.attach(FINANCE);
        deliverMoreThanIsKept(FINANCE);
        String epoch = feed.buffer().epoch();

        time.advance(SECONDS);

        assertBeganAnew(feed, epoch, 0);
        hub.publish(FINANCE, 2);
        assertThat(hub.held(feed)).containsExactly(1L, 2L);
    }

    @Test
    void shouldEndTheEpochWhenTheLogHasCaughtUpWithOtherEvents() {
        StreamFeed feed = hub.attach(FINANCE);
        deliverMoreThanIsKept(FINANCE);
        String epoch = feed.buffer().epoch();

        hub.publish(FINANCE, 4);
        time.advance(SECONDS);

        assertBeganAnew(feed, epoch, 0);
    }

    @Test
    void shouldEndTheEpochWhenTheLogHasCaughtUpAndNoPushOfItCame() {
        StreamFeed feed = hub.attach(FINANCE);
        deliverMoreThanIsKept(FINANCE);
        String epoch = feed.buffer().epoch();

        hub.commit(FINANCE, 4);
        time.advance(SECONDS);

        assertBeganAnew(feed, epoch, 0);
    }

    /** The versions look as if nothing had happened: as many commits were lost as came since. */
    @Test
    void shouldCompareEverythingWhenTheClusterChanged() {
        StreamFeed feed = hub.attach(FINANCE);
        deliverMoreThanIsKept(FINANCE);
        commitAsOftenAsWasLost(FINANCE);
        String epoch = feed.buffer().epoch();
        time.advance(SECONDS);
        assertThat(feed.buffer().epoch()).as("nothing to be seen").isEqualTo(epoch);

        hub.hub().clusterChanged();
        time.advance(SECONDS);

        assertBeganAnew(feed, epoch, 0);
    }

    /** A commit to another stream hides in the versions: it has a number at which this node has seen another commit. */
    @Test
    void shouldFindTheOthersOfTheShardWhenOneStreamTurnsOutToHaveFallen() {
        StreamFeed finance = hub.attach(FINANCE);
        StreamFeed staff = hub.attach(STAFF);
        deliverMoreThanIsKept(FINANCE);
        commitAsOftenAsWasLost(STAFF);
        time.advance(SECONDS);
        assertThat(staff.buffer().head()).as("hidden so far").isZero();
        String epoch = finance.buffer().epoch();

        // At seqs below the known ones, but later.
        hub.publish(FINANCE, 2);
        time.advance(SECONDS);

        assertThat(finance.buffer().epoch()).isNotEqualTo(epoch);
        assertThat(hub.held(staff)).containsExactly(1L, 2L, 3L);
    }

    @Test
    void shouldAnnounceItToSessionsAndGiveNoSeqTwiceInAnEpoch() {
        TestClient client = TestClient.listening(simulation);
        time.settle();
        deliverMoreThanIsKept(FINANCE);

        hub.publish(FINANCE, 3);
        time.advance(SECONDS);
        hub.publish(FINANCE, 2);
        time.advance(SECONDS);

        List<JsonObject> gaps = client.output().frames("gap");
        assertThat(gaps).hasSize(1);
        assertThat(gaps.get(0).getString("reason")).isEqualTo("epoch_changed");
        List<String> places = client.output().frames("event").stream()
                .map(frame -> frame.getString("epoch") + ":" + frame.getLong("seq"))
                .toList();
        assertThat(places).doesNotHaveDuplicates();
        assertThat(places.get(places.size() - 1)).startsWith(gaps.get(0).getString("epoch"));
    }

    @Test
    void shouldTellAClientThatComesBackWithALostPosition() {
        StreamFeed feed = hub.attach(FINANCE);
        deliverMoreThanIsKept(FINANCE);
        String epoch = feed.buffer().epoch();
        time.advance(SECONDS);

        TestClient client = TestClient.connect(simulation).resume("finance", TestClient.cursor(epoch, 5));
        time.settle();

        JsonObject subscribed = client.output().frames("subscribed").get(0);
        assertThat(subscribed.getBoolean("recovered")).isFalse();
        assertThat(subscribed.getString("reason")).isEqualTo("epoch_changed");
    }

    /** What a client says is no proof. */
    @Test
    void shouldNotEndTheEpochWhenAClientClaimsAPositionBeyondTheHead() {
        StreamFeed feed = hub.attach(FINANCE);
        hub.publish(FINANCE, 2);
        String epoch = feed.buffer().epoch();

        TestClient client = TestClient.connect(simulation).resume("finance", TestClient.cursor(epoch, 5_000));
        time.advance(SECONDS);

        assertThat(client.output().frames("subscribed").get(0).getString("reason"))
                .isEqualTo("unknown_position");
        assertThat(log.renewals()).isZero();
        assertThat(log.peek(FINANCE, 1).epoch()).isEqualTo(epoch);
    }

    @Test
    void shouldEndTheEpochWhenTheLogDoesNotAnswerAtFirst() {
        StreamFeed feed = hub.attach(FINANCE);
        deliverMoreThanIsKept(FINANCE);
        String epoch = feed.buffer().epoch();
        hub.publish(FINANCE, 4);
        log.failNext(6);

        time.advance(Duration.ofSeconds(10));

        assertBeganAnew(feed, epoch, 0);
    }

    @Test
    void shouldNotTrustWhatABehindLogHoldsWhenReconciling() {
        StreamFeed feed = hub.attach(FINANCE);
        deliverMoreThanIsKept(FINANCE);
        String epoch = feed.buffer().epoch();

        hub.hub().reconcile(feed);
        time.settle();

        assertBeganAnew(feed, epoch, 0);
    }

    @Test
    void shouldAskForNoNewEpochWhenPushesOvertakeAnAnswerOfTheLog() {
        StreamFeed feed = hub.attach(FINANCE);
        CommittedBatch late = hub.commit(FINANCE, 2);
        hub.publish(FINANCE, 1);
        log.hold();
        time.advance(HubOptions.defaults().holeGrace());
        hub.deliver(late);
        hub.publish(FINANCE, 5);
        log.release();
        time.settle();

        assertThat(hub.held(feed)).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
        assertThat(log.renewals()).isZero();
    }

    /** Two events are known to the replica that survives, three more are delivered. */
    private void deliverMoreThanIsKept(StreamKey key) {
        hub.publish(key, 2);
        log.remember();
        hub.publish(key, 1);
        hub.publish(key, 1);
        hub.publish(key, 1);
        log.fallBack();
    }

    /** No push comes of it, and the shard has the version again that this node knows. */
    private void commitAsOftenAsWasLost(StreamKey key) {
        hub.commit(key, 1);
        hub.commit(key, 1);
        hub.commit(key, 1);
    }

    private void assertBeganAnew(StreamFeed feed, String before, long head) {
        assertThat(feed.buffer().epoch()).isNotEqualTo(before);
        assertThat(feed.buffer().epoch()).isEqualTo(log.peek(feed.key(), 1).epoch());
        assertThat(feed.buffer().head()).isEqualTo(head);
        hub.held(feed);
    }
}
