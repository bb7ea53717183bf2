// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.hub;

import static dev.sluice.gateway.simulation.Simulation.FINANCE;
import static dev.sluice.gateway.simulation.Simulation.STAFF;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.simulation.ManualTime;
import dev.sluice.gateway.simulation.Simulation;
import dev.sluice.stream.StreamKey;
import dev.sluice.stream.log.LogUnavailableException;
import dev.sluice.stream.log.StreamLimitException;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a hub holds and for how long: registrations, streams, bytes. */
class StreamHubUsageTest {

    private static final Duration LINGER = HubOptions.defaults().linger();
    private static final Duration TICK = Duration.ofSeconds(1);

    private final Simulation simulation = Simulation.create();
    private final HubFixture hub = new HubFixture(simulation);
    private final ManualTime time = simulation.time();

    @Test
    void shouldRegisterOnceForAShardHoweverManyListen() {
        Simulation sharded = Simulation.with().shards(4).create();
        HubFixture fixture = new HubFixture(sharded);
        for (int org = 0; org < 200; org++) {
            for (int session = 0; session < 5; session++) {
                fixture.attach(new StreamKey("org-" + org, "finance"));
            }
        }
        assertThat(sharded.bus().registrations()).isEqualTo(4);
        assertThat(sharded.bus().subscribed()).isEqualTo(4);
        sharded.time().advance(TICK);
        assertThat(sharded.node().gauge("sluice.hub.shards")).isEqualTo(4);
        assertThat(sharded.node().gauge("sluice.hub.streams")).isEqualTo(200);
    }

    @Test
    void shouldGiveTheRegistrationBackWhenNobodyListenedForAWhile() {
        StreamFeed feed = hub.attach(FINANCE);
        hub.detach(feed);
        time.advance(LINGER.minusMillis(1));
        assertThat(simulation.bus().registrations()).isEqualTo(1);
        time.advance(TICK.plusMillis(1));
        assertThat(simulation.bus().registrations()).isZero();
        assertThat(simulation.bus().unsubscribed()).isEqualTo(1);
        int versions = simulation.log().versions();
        time.advance(Duration.ofSeconds(30));
        assertThat(simulation.log().versions())
                .as("a shard that was let go is not checked")
                .isEqualTo(versions);
    }

    @Test
    void shouldKeepTheRegistrationWhileAnotherStreamOfTheShardIsListenedTo() {
        StreamFeed finance = hub.attach(FINANCE);
        hub.attach(STAFF);
        hub.detach(finance);
        time.advance(LINGER.plus(TICK));
        assertThat(simulation.bus().registrations()).isEqualTo(1);
        hub.publish(FINANCE, 1);
        assertThat(finance.buffer().head())
                .as("but the stream itself was let go")
                .isZero();
    }

    @Test
    void shouldFindTheBufferWarmWhenAListenerComesBackSoon() {
        StreamFeed feed = hub.attach(FINANCE);
        hub.publish(FINANCE, 3);
        hub.detach(feed);
        time.advance(LINGER.minus(TICK));
        hub.publish(FINANCE, 2);
        int reads = simulation.log().reads();
        StreamFeed again = hub.attach(FINANCE);
        assertThat(again).isSameAs(feed);
        assertThat(hub.held(again)).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(simulation.log().reads()).isEqualTo(reads);
        time.advance(LINGER.plus(TICK));
        assertThat(simulation.bus().registrations()).as("it is in use again").isEqualTo(1);
    }

    @Test
    void shouldStayWhileOneOfSeveralListenersIsLeft() {
        StreamFeed feed = hub.attach(FINANCE);
        hub.attach(FINANCE);
        hub.detach(feed);
        time.advance(LINGER.plus(TICK));
        hub.publish(FINANCE, 1);
        assertThat(hub.held(feed)).containsExactly(1L);
    }

    @Test
    void shouldOpenAnewWhenItWasLetGo() {
        StreamFeed feed = hub.attach(FINANCE);
        hub.publish(FINANCE, 3);
        hub.detach(feed);
        time.advance(LINGER.plus(TICK));
        hub.publish(FINANCE, 2);
        StreamFeed again = hub.attach(FINANCE);
        assertThat(again).isNotSameAs(feed);
        assertThat(again.buffer().head()).isEqualTo(5);
        hub.publish(FINANCE, 1);
        assertThat(hub.held(again)).containsExactly(6L);
        // Whoever gives the old one back a second time takes nothing from the new one.
        hub.detach(feed);
        time.advance(LINGER.plus(TICK));
        assertThat(simulation.bus().registrations()).isEqualTo(1);
    }

    @Test
    void shouldShareTheOpeningWhenSeveralComeAtOnce() {
        simulation.log().hold();
        List<Future<StreamFeed>> feeds = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            feeds.add(hub.hub().attach(FINANCE));
        }
        time.settle();
        simulation.log().releaseOne();
        simulation.log().releaseOne();
        time.settle();
        assertThat(simulation.log().heldAnswers()).isEqualTo(1);
        simulation.log().release();
        time.settle();
        assertThat(feeds).allMatch(feed -> feed.result() == feeds.get(0).result());
    }

    @Test
    void shouldRefuseWhenItHoldsAsManyStreamsAsItMay() {
        Simulation small = Simulation.with()
                .hub(Simulation.hubOptions(100, 1 << 20, 1 << 20, 2))
                .create();
        HubFixture fixture = new HubFixture(small);
        StreamFeed first = fixture.attach(new StreamKey("acme", "a"));
        fixture.attach(new StreamKey("acme", "b"));
        Future<StreamFeed> refused = small.node().hub().attach(new StreamKey("acme", "c"));
        small.time().settle();
        assertThat(refused.cause()).isInstanceOf(StreamLimitException.class);
        fixture.attach(new StreamKey("acme", "a"));
        fixture.detach(first);
        fixture.detach(first);
        small.time().advance(LINGER.plus(TICK));
        fixture.attach(new StreamKey("acme", "c"));
    }

    @Test
    void shouldFailAtOnceWhenTheLogRefusesTheStream() {
        Simulation small = Simulation.with().streamsPerOrg(1).create();
        HubFixture fixture = new HubFixture(small);
        fixture.attach(FINANCE);
        Future<StreamFeed> refused = small.node().hub().attach(STAFF);
        small.time().settle();
        assertThat(refused.cause()).isInstanceOf(StreamLimitException.class);
        small.time().advance(TICK);
        assertThat(small.node().gauge("sluice.hub.streams")).isEqualTo(1);
    }

    @Test
    void shouldTryAgainWhenTheLogDoesNotAnswerTheOpening() {
        simulation.log().failNext(5);
        Future<StreamFeed> feed = hub.hub().attach(FINANCE);
        time.advance(Duration.ofSeconds(5));
        assertThat(feed.succeeded()).isTrue();
    }

    @Test
    void shouldGiveUpOpeningAndBeginFromScratchLaterWhenTheLogIsAwayForLong() {
        hub.attach(STAFF);
        simulation.log().failNext(1_000);
        Future<StreamFeed> feed = hub.hub().attach(FINANCE);
        Future<StreamFeed> other = hub.hub().attach(FINANCE);
        time.advance(Duration.ofSeconds(10));
        assertThat(feed.cause()).isInstanceOf(LogUnavailableException.class);
        assertThat(other.cause()).isInstanceOf(LogUnavailableException.class);
        simulation.log().failNext(0);
        hub.attach(FINANCE);
    }

    @Test
    void shouldRegisterAgainWhenTheBusRefusedIt() {
        simulation.bus().failNext(3);
        Future<StreamFeed> feed = hub.hub().attach(FINANCE);
        time.settle();
        assertThat(feed.isComplete()).isFalse();
        time.advance(Duration.ofSeconds(2));
        assertThat(feed.succeeded()).isTrue();
        hub.publish(FINANCE, 1);
        assertThat(hub.held(feed.result())).containsExactly(1L);
    }

    @Test
    void shouldOpenStreamsOnlyWhenTheRegistrationIsKnownToTheCluster() {
        simulation.bus().slow();
        Future<StreamFeed> feed = hub.hub().attach(FINANCE);
        time.advance(Duration.ofSeconds(3));
        assertThat(simulation.log().reads()).isZero();
        simulation.bus().confirm();
        time.settle();
        assertThat(feed.succeeded()).isTrue();
    }

    @Test
    void shouldHalveTheLargestBuffersWhenAllTogetherHoldTooMuch() {
        Simulation small = Simulation.with()
                .hub(Simulation.hubOptions(1_000, 64L << 20, 1L << 20, 100))
                .create();
        HubFixture fixture = new HubFixture(small);
        StreamFeed large = fixture.attach(FINANCE);
        StreamFeed little = fixture.attach(STAFF);
        small.publisher().padding(10_000);
        fixture.publish(STAFF, 5);
        for (int i = 0; i < 150; i++) {
            fixture.publish(FINANCE, 1);
        }
        assertThat(large.buffer().bytes()).isGreaterThan(1L << 20);
        small.time().advance(TICK);
        assertThat(large.buffer().bytes() + little.buffer().bytes()).isLessThanOrEqualTo(1L << 20);
        assertThat(fixture.held(little)).as("the small one pays nothing").hasSize(5);
        assertThat(fixture.held(large)).endsWith(150L);
        assertThat(small.node().gauge("sluice.hub.buffer.bytes")).isLessThanOrEqualTo(1L << 20);
    }

    @Test
    void shouldKeepToItsBytesWhenEveryStreamHasOneLargeBatchOnly() {
        Simulation small = Simulation.with()
                .hub(Simulation.hubOptions(1_000, 64L << 20, 1L << 20, 100))
                .create();
        HubFixture fixture = new HubFixture(small);
        small.publisher().padding(30_000);
        List<StreamFeed> feeds = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            StreamKey key = new StreamKey("acme", "s" + i);
            feeds.add(fixture.attach(key));
            fixture.publish(key, 2);
        }
        small.time().advance(TICK);
        assertThat(feeds.stream().mapToLong(feed -> feed.buffer().bytes()).sum())
                .isLessThanOrEqualTo(1L << 20);
        assertThat(feeds).allMatch(feed -> feed.buffer().head() == 2);
    }

    @Test
    void shouldLetGoOfOldEventsWhenTheyReachTheirAge() {
        StreamFeed feed = hub.attach(FINANCE);
        hub.publish(FINANCE, 1);
        time.advance(Duration.ofMinutes(3));
        hub.publish(FINANCE, 1);
        time.advance(Duration.ofMinutes(2).plus(TICK));
        assertThat(hub.held(feed)).containsExactly(2L);
    }

    @Test
    void shouldEndEverythingWhenClosed() {
        hub.attach(FINANCE);
        hub.hub().close();
        time.advance(Duration.ofMinutes(1));
        assertThat(simulation.bus().registrations()).isZero();
        Future<StreamFeed> late = hub.hub().attach(FINANCE);
        time.settle();
        assertThat(late.failed()).isTrue();
    }

    @Test
    void shouldEndEverythingWhenClosedInTheMiddleOfAnOpening() {
        hub.attach(STAFF);
        simulation.log().hold();
        Future<StreamFeed> feed = hub.hub().attach(FINANCE);
        time.settle();
        assertThat(feed.isComplete()).isFalse();
        hub.hub().close();
        time.settle();
        assertThat(feed.failed()).isTrue();
        assertThat(simulation.bus().unsubscribed()).isEqualTo(1);
        simulation.log().release();
        time.advance(Duration.ofMinutes(1));
        assertThat(simulation.bus().registrations()).isZero();
    }

    @Test
    void shouldEndEverythingWhenClosedWhileTheFirstRegistrationIsUnderWay() {
        simulation.bus().slow();
        Future<StreamFeed> feed = hub.hub().attach(FINANCE);
        time.settle();
        hub.hub().close();
        time.settle();
        assertThat(feed.failed()).isTrue();
        simulation.bus().confirm();
        time.advance(Duration.ofMinutes(1));
        assertThat(simulation.bus().registrations()).isZero();
    }
}
