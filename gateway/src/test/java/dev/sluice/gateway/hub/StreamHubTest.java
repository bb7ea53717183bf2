// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.hub;

import static dev.sluice.gateway.simulation.Simulation.FINANCE;
import static dev.sluice.gateway.simulation.Simulation.STAFF;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.simulation.ManualTime;
import dev.sluice.gateway.simulation.SimulatedLog;
import dev.sluice.gateway.simulation.Simulation;
import dev.sluice.gateway.simulation.TestPublisher;
import dev.sluice.stream.bus.CommittedBatch;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Pushes in, holes filled, nothing lost and nothing twice. */
class StreamHubTest {

    private static final Duration HOLE_GRACE = HubOptions.defaults().holeGrace();
    private static final Duration CHECK = HubOptions.defaults().checkInterval();
    private static final Duration VERSION_GRACE = HubOptions.defaults().versionGrace();

    private final Simulation simulation = Simulation.create();
    private final HubFixture hub = new HubFixture(simulation);
    private final ManualTime time = simulation.time();
    private final SimulatedLog log = simulation.log();

    @Test
    void shouldHoldWhatIsPushedWithoutAskingTheLog() {
        StreamFeed feed = hub.attach(FINANCE);
        int reads = log.reads();
        hub.publish(FINANCE, 3);
        hub.publish(FINANCE, 2);
        assertThat(hub.held(feed)).containsExactly(1L, 2L, 3L, 4L, 5L);
        time.advance(Duration.ofSeconds(10));
        assertThat(log.reads()).isEqualTo(reads);
        assertThat(simulation.node().count("sluice.pushes.missed")).isZero();
    }

    @Test
    void shouldBeginAfterTheHeadOfTheLogWhenTheStreamHasEvents() {
        hub.publish(FINANCE, 7);
        StreamFeed feed = hub.attach(FINANCE);
        assertThat(feed.buffer().head()).isEqualTo(7);
        assertThat(feed.buffer().oldest()).isEqualTo(8);
        assertThat(feed.oldest()).as("what the log holds can be had, too").isEqualTo(1);
    }

    @Test
    void shouldMakeOneFrameOfWhatComesInOneTurn() {
        StreamFeed feed = hub.attach(FINANCE);
        List<StreamFeed> told = new ArrayList<>();
        feed.addListener(told::add);
        simulation.publisher().publish(FINANCE, 2);
        simulation.publisher().publish(FINANCE, 3);
        time.settle();
        assertThat(feed.buffer().frameAfter(0).size()).isEqualTo(5);
        assertThat(told).containsExactly(feed);
    }

    @Test
    void shouldCutFramesAtAHundredEvents() {
        StreamFeed feed = hub.attach(FINANCE);
        hub.publish(FINANCE, 250);
        assertThat(feed.buffer().frameAfter(0).size()).isEqualTo(100);
        assertThat(feed.buffer().frameAfter(100).size()).isEqualTo(100);
        assertThat(feed.buffer().frameAfter(200).size()).isEqualTo(50);
    }

    @Test
    void shouldCutFramesAtTheirBytes() {
        StreamFeed feed = hub.attach(FINANCE);
        simulation.publisher().padding(15_000);
        hub.publish(FINANCE, 10);
        assertThat(feed.buffer().frameAfter(0).size()).isEqualTo(4);
        assertThat(hub.held(feed)).hasSize(10);
    }

    @Test
    void shouldFillAHoleFromTheLogWhenTheGraceIsOver() {
        StreamFeed feed = hub.attach(FINANCE);
        int reads = log.reads();
        hub.commit(FINANCE, 2);
        hub.publish(FINANCE, 1);
        assertThat(feed.buffer().head()).as("never past a hole").isZero();
        time.advance(HOLE_GRACE.minusMillis(1));
        assertThat(log.reads()).isEqualTo(reads);
        time.advance(1);
        assertThat(hub.held(feed)).containsExactly(1L, 2L, 3L);
        assertThat(simulation.node().count("sluice.events.repaired")).isEqualTo(3);
        assertThat(simulation.node().count("sluice.repairs")).isEqualTo(1);
        assertThat(simulation.node().summary("sluice.batch.events").totalAmount())
                .isEqualTo(3);
        assertThat(simulation.node().summary("sluice.batch.bytes").totalAmount())
                .isGreaterThan(3 * 50.0);
    }

    @Test
    void shouldPutInOrderWhatTwoPublishersPushedInAnotherOrder() {
        StreamFeed feed = hub.attach(FINANCE);
        int reads = log.reads();
        int changes = log.changes();
        TestPublisher other = simulation.publisher().another();
        List<CommittedBatch> batches = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            batches.add(hub.commit(FINANCE, 2));
            batches.add(other.commit(FINANCE, 1));
        }
        Collections.reverse(batches);
        batches.forEach(hub::deliver);
        assertThat(hub.held(feed))
                .isEqualTo(LongStream.rangeClosed(1, 15).boxed().toList());
        time.advance(Duration.ofSeconds(5));
        assertThat(log.reads()).as("nothing was missing").isEqualTo(reads);
        assertThat(log.changes()).as("no version was missing, either").isEqualTo(changes);
    }

    @Test
    void shouldIgnoreAPushThatComesTwice() {
        StreamFeed feed = hub.attach(FINANCE);
        CommittedBatch first = hub.commit(FINANCE, 2);
        CommittedBatch second = hub.commit(FINANCE, 2);
        hub.deliver(first);
        hub.deliver(second);
        hub.deliver(first);
        hub.deliver(second);
        hub.publish(FINANCE, 1);
        assertThat(hub.held(feed)).containsExactly(1L, 2L, 3L, 4L, 5L);
        assertThat(simulation.node().count("sluice.pushes.duplicate")).isEqualTo(2);
    }

    @Test
    void shouldTakeTheRestOfAPushWhenItsBeginIsKnown() {
        StreamFeed feed = hub.attach(FINANCE);
        CommittedBatch batch = hub.commit(FINANCE, 5);
        CommittedBatch.Run run = batch.runs().get(0);
        hub.deliver(new CommittedBatch(
                batch.shard(),
                batch.version(),
                batch.timestamp(),
                List.of(new CommittedBatch.Run(
                        run.key(), run.epoch(), 1, run.events().subList(0, 3)))));
        hub.deliver(batch);
        assertThat(hub.held(feed)).containsExactly(1L, 2L, 3L, 4L, 5L);
    }

    @Test
    void shouldNoticeALostPushByTheVersionOfTheShard() {
        StreamFeed feed = hub.attach(FINANCE);
        int changes = log.changes();
        hub.commit(FINANCE, 3);
        time.advance(CHECK.plus(VERSION_GRACE));
        assertThat(hub.held(feed)).containsExactly(1L, 2L, 3L);
        assertThat(simulation.node().count("sluice.pushes.missed")).isEqualTo(1);
        time.advance(Duration.ofSeconds(10));
        assertThat(log.changes()).as("made up for once").isEqualTo(changes + 1);
    }

    @Test
    void shouldNoticeALostRegistrationByTheVersionOfTheShard() {
        StreamFeed feed = hub.attach(FINANCE);
        simulation.bus().forgetRegistrations();
        for (int second = 1; second <= 5; second++) {
            hub.publish(FINANCE, 2);
            time.advance(CHECK.plus(VERSION_GRACE));
            assertThat(feed.buffer().head()).isEqualTo(2L * second);
        }
        assertThat(hub.held(feed)).hasSize(10);
    }

    @Test
    void shouldNotAskForChangesWhenThePushComesWithinTheGrace() {
        StreamFeed feed = hub.attach(FINANCE);
        int changes = log.changes();
        time.advance(CHECK.minusMillis(1));
        CommittedBatch batch = hub.commit(FINANCE, 1);
        time.advance(1);
        time.advance(VERSION_GRACE.minusMillis(1));
        hub.deliver(batch);
        time.advance(Duration.ofSeconds(3));
        assertThat(hub.held(feed)).containsExactly(1L);
        assertThat(log.changes()).isEqualTo(changes);
    }

    @Test
    void shouldGoOnCheckingWhenTheLogDidNotAnswerAVersionCheck() {
        StreamFeed feed = hub.attach(FINANCE);
        hub.commit(FINANCE, 1);
        log.failNext(3);
        time.advance(CHECK.multipliedBy(3).plus(VERSION_GRACE));
        assertThat(feed.buffer().head()).isZero();
        time.advance(CHECK.plus(VERSION_GRACE));
        assertThat(hub.held(feed)).containsExactly(1L);
        assertThat(simulation.node().count("sluice.version.check.failures")).isEqualTo(3);
    }

    @Test
    void shouldRepairTheMovedStreamsOnlyWhenOneOfAShardLostItsPush() {
        StreamFeed finance = hub.attach(FINANCE);
        StreamFeed staff = hub.attach(STAFF);
        hub.publish(STAFF, 1);
        int reads = log.reads();
        hub.commit(FINANCE, 1);
        time.advance(CHECK.plus(VERSION_GRACE));
        assertThat(hub.held(finance)).containsExactly(1L);
        assertThat(hub.held(staff)).containsExactly(1L);
        assertThat(log.reads()).isEqualTo(reads + 1);
    }

    @Test
    void shouldRepairUntilItSucceedsWhenTheLogFails() {
        StreamFeed feed = hub.attach(FINANCE);
        hub.commit(FINANCE, 2);
        hub.publish(FINANCE, 1);
        log.failNext(7);
        time.advance(Duration.ofSeconds(2));
        assertThat(feed.buffer().head()).isZero();
        time.advance(Duration.ofSeconds(10));
        assertThat(hub.held(feed)).containsExactly(1L, 2L, 3L);
    }

    @Test
    void shouldCountTheRepairThatTheLogDidNotAnswerAndTheOneThatItDid() {
        StreamFeed feed = hub.attach(FINANCE);
        hub.commit(FINANCE, 2);
        hub.publish(FINANCE, 1);
        log.failNext(1);
        time.advance(HOLE_GRACE);
        assertThat(simulation.node().count("sluice.repairs.failed")).isEqualTo(1);
        assertThat(simulation.node().count("sluice.repairs")).isZero();
        time.advance(Duration.ofSeconds(5));
        assertThat(hub.held(feed)).containsExactly(1L, 2L, 3L);
        assertThat(simulation.node().count("sluice.repairs.failed")).isEqualTo(1);
        assertThat(simulation.node().count("sluice.repairs")).isEqualTo(1);
    }

    @Test
    void shouldFetchAllWhenTheHoleIsLargerThanOneRead() {
        StreamFeed feed = hub.attach(FINANCE);
        simulation.publisher().padding(50_000);
        hub.commit(FINANCE, 15);
        hub.commit(FINANCE, 15);
        hub.commit(FINANCE, 15);
        hub.publish(FINANCE, 1);
        time.advance(HOLE_GRACE);
        assertThat(feed.buffer().head()).isEqualTo(46);
        assertThat(hub.held(feed)).endsWith(46L);
    }

    @Test
    void shouldTakePushesThatComeDuringARepairOnce() {
        StreamFeed feed = hub.attach(FINANCE);
        hub.commit(FINANCE, 2);
        hub.publish(FINANCE, 1);
        log.hold();
        time.advance(HOLE_GRACE);
        hub.publish(FINANCE, 2);
        log.release();
        time.settle();
        assertThat(hub.held(feed)).containsExactly(1L, 2L, 3L, 4L, 5L);
    }

    @Test
    void shouldKeepPushesWhenTheyComeWhileTheStreamIsOpened() {
        log.hold();
        Future<StreamFeed> feed = hub.hub().attach(FINANCE);
        time.settle();
        hub.publish(FINANCE, 1);
        releaseVersion();
        assertThat(log.heldAnswers()).as("the head, as it was before these").isEqualTo(1);
        hub.publish(FINANCE, 2);
        hub.publish(FINANCE, 2);
        log.release();
        time.settle();
        assertThat(feed.result().buffer().head()).isEqualTo(5);
        assertThat(hub.held(feed.result())).containsExactly(2L, 3L, 4L, 5L);
    }

    @Test
    void shouldGoOnInTheNewEpochWhenAPushIsOfOne() {
        StreamFeed feed = hub.attach(FINANCE);
        hub.publish(FINANCE, 5);
        String old = feed.buffer().epoch();
        CommittedBatch straggler = hub.commit(FINANCE, 1);
        log.loseEverything();
        hub.publish(FINANCE, 3);
        assertThat(feed.buffer().epoch()).isNotEqualTo(old);
        assertThat(hub.held(feed)).containsExactly(1L, 2L, 3L);
        hub.deliver(straggler);
        hub.publish(FINANCE, 1);
        time.advance(Duration.ofSeconds(5));
        assertThat(hub.held(feed)).containsExactly(1L, 2L, 3L, 4L);
        assertThat(simulation.node().count("sluice.epoch.changes")).isEqualTo(1);
    }

    @Test
    void shouldGoOnInTheNewEpochWhenOnlyTheVersionSaysSo() {
        StreamFeed finance = hub.attach(FINANCE);
        StreamFeed staff = hub.attach(STAFF);
        hub.publish(FINANCE, 5);
        hub.publish(STAFF, 5);
        log.loseEverything();
        hub.commit(FINANCE, 2);
        time.advance(CHECK.plus(VERSION_GRACE));
        assertThat(hub.held(finance)).containsExactly(1L, 2L);
        assertThat(staff.buffer().epoch())
                .as("nothing happened there, but its old epoch is gone all the same")
                .isEqualTo(log.peek(STAFF, 1).epoch());
        assertThat(staff.buffer().head()).isZero();
    }

    @Test
    void shouldBeginAtTheOldestOfTheNewEpochWhenItsFirstAreGone() {
        Simulation small = Simulation.with().logEvents(10).create();
        HubFixture fixture = new HubFixture(small);
        StreamFeed feed = fixture.attach(FINANCE);
        fixture.publish(FINANCE, 50);
        small.log().loseEverything();
        fixture.commit(FINANCE, 30);
        fixture.publish(FINANCE, 1);
        assertThat(fixture.held(feed))
                .isEqualTo(LongStream.rangeClosed(22, 31).boxed().toList());
    }

    @Test
    void shouldGoOnAtTheOldestWhenTheLogItselfLetGoOfWhatIsMissing() {
        Simulation small = Simulation.with().logEvents(10).create();
        HubFixture fixture = new HubFixture(small);
        StreamFeed feed = fixture.attach(FINANCE);
        fixture.publish(FINANCE, 5);
        String epoch = feed.buffer().epoch();
        fixture.commit(FINANCE, 30);
        fixture.publish(FINANCE, 1);
        small.time().advance(HOLE_GRACE);
        assertThat(feed.buffer().epoch()).isEqualTo(epoch);
        assertThat(fixture.held(feed))
                .isEqualTo(LongStream.rangeClosed(27, 36).boxed().toList());
    }

    @Test
    void shouldGoOnAfterTheHeadWhenTheLogHoldsNothingAnyMore() {
        StreamFeed feed = hub.attach(FINANCE);
        hub.publish(FINANCE, 5);
        hub.commit(FINANCE, 5);
        time.advanceOnly(Duration.ofMinutes(6).toMillis());
        log.sweep();
        time.advance(CHECK.plus(VERSION_GRACE));
        assertThat(feed.buffer().head()).isEqualTo(10);
        hub.publish(FINANCE, 1);
        assertThat(hub.held(feed)).containsExactly(11L);
    }

    @Test
    void shouldGatherEventsWhenABatchWindowIsSet() {
        Simulation windowed = Simulation.with()
                .hub(Simulation.batchWindow(Duration.ofMillis(20)))
                .create();
        HubFixture fixture = new HubFixture(windowed);
        StreamFeed feed = fixture.attach(FINANCE);
        fixture.publish(FINANCE, 1);
        windowed.time().advance(19);
        fixture.publish(FINANCE, 1);
        assertThat(feed.buffer().head()).isZero();
        windowed.time().advance(1);
        assertThat(feed.buffer().frameAfter(0).size()).isEqualTo(2);
        fixture.publish(FINANCE, 120);
        assertThat(feed.buffer().head())
                .as("a full frame does not wait, nor what came with it")
                .isEqualTo(122);
    }

    @Test
    void shouldDeflateOnlyWhileSomeSessionTakesIt() {
        StreamFeed feed = hub.attach(FINANCE);
        hub.publish(FINANCE, 50);
        assertThat(feed.buffer().frameAfter(0).deflated()).isNull();
        feed.countDeflating(1);
        hub.publish(FINANCE, 50);
        assertThat(feed.buffer().frameAfter(50).deflated()).isNotNull();
        feed.countDeflating(-1);
        hub.publish(FINANCE, 50);
        assertThat(feed.buffer().frameAfter(100).deflated()).isNull();
    }

    /** Lets the hub learn where the shard stands: a version, then the changes since. */
    private void releaseVersion() {
        log.releaseOne();
        log.releaseOne();
        time.settle();
    }
}
