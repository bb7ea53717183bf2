// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.hub;

import static dev.sluice.gateway.simulation.Simulation.FINANCE;
import static dev.sluice.gateway.simulation.Simulation.STAFF;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.sluice.gateway.simulation.ManualTime;
import dev.sluice.gateway.simulation.SimulatedLog;
import dev.sluice.gateway.simulation.Simulation;
import dev.sluice.stream.bus.CommittedBatch;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What only goes wrong when answers of the log, pushes and evictions meet in an unlucky order. */
class FeedRepairTest {

    private final Simulation simulation = Simulation.create();
    private final HubFixture hub = new HubFixture(simulation);
    private final ManualTime time = simulation.time();
    private final SimulatedLog log = simulation.log();

    @Test
    void shouldLoadWhatTheBufferLacksWhenReconciled() {
        hub.publish(FINANCE, 30);
        StreamFeed feed = hub.attach(FINANCE);
        hub.publish(FINANCE, 5);
        reconcile(feed);
        assertThat(hub.held(feed)).isEqualTo(seqs(1, 35));
    }

    @Test
    void shouldLoadAsMuchAsTheBoundOfEventsWhenReconciled() {
        Simulation small = Simulation.with()
                .hub(Simulation.hubOptions(100, 4 << 20, 8 << 20, 9))
                .create();
        HubFixture fixture = new HubFixture(small);
        fixture.publish(FINANCE, 500);
        StreamFeed feed = fixture.attach(FINANCE);
        fixture.hub().reconcile(feed);
        small.time().settle();
        assertThat(fixture.held(feed)).isEqualTo(seqs(401, 500));
        assertThat(feed.oldest()).as("the log has more").isEqualTo(1);
    }

    @Test
    void shouldLoadOverSeveralReadsWhenTheEventsAreLarge() {
        simulation.publisher().padding(50_000);
        for (int i = 0; i < 4; i++) {
            hub.publish(FINANCE, 15);
        }
        StreamFeed feed = hub.attach(FINANCE);
        reconcile(feed);
        assertThat(hub.held(feed)).isEqualTo(seqs(1, 60));
        assertThat(feed.buffer().bytes())
                .isLessThanOrEqualTo(HubOptions.defaults().bufferBytes());
    }

    @Test
    void shouldCatchUpWithTheLogWhenReconciled() {
        StreamFeed feed = hub.attach(FINANCE);
        hub.publish(FINANCE, 2);
        hub.commit(FINANCE, 3);
        reconcile(feed);
        assertThat(hub.held(feed)).isEqualTo(seqs(1, 5));
    }

    /** The log's owner was lost, and its backup had missed some commits, which were not acknowledged. */
    @Test
    void shouldGoOnAfterWhatTheLogItselfMissed() {
        hub.publish(FINANCE, 3);
        StreamFeed feed = hub.attach(FINANCE);
        String epoch = feed.buffer().epoch();
        hub.commit(FINANCE, 6);
        log.miss(4, 6);
        reconcile(feed);
        assertThat(feed.buffer().epoch()).isEqualTo(epoch);
        assertThat(hub.held(feed)).isEqualTo(seqs(7, 9));
        assertThat(feed.oldest()).as("what came before is in the log").isEqualTo(1);
    }

    @Test
    void shouldFindTheNewEpochWhenReconciled() {
        StreamFeed feed = hub.attach(FINANCE);
        hub.publish(FINANCE, 5);
        log.loseEverything();
        hub.commit(FINANCE, 2);
        reconcile(feed);
        assertThat(feed.buffer().epoch()).isEqualTo(log.peek(FINANCE, 1).epoch());
        assertThat(hub.held(feed)).isEqualTo(seqs(1, 2));
    }

    @Test
    void shouldFailWhenTheLogDoesNotAnswer() {
        StreamFeed feed = hub.attach(FINANCE);
        log.failNext(1);
        Future<Void> reconciled = hub.hub().reconcile(feed);
        time.settle();
        assertThat(reconciled.failed()).isTrue();
        reconcile(feed);
    }

    @Test
    void shouldFailWhenTheFeedWasLetGo() {
        StreamFeed feed = hub.attach(FINANCE);
        hub.detach(feed);
        time.advance(Duration.ofSeconds(12));
        Future<Void> reconciled = hub.hub().reconcile(feed);
        time.settle();
        assertThat(reconciled.failed()).isTrue();
    }

    /** P6: the second caller's cursor may be of an event that was committed after the first caller's question was answered. */
    @Test
    void shouldAskTheLogAgainWhenACallerComesWhileAnAnswerIsUnderWay() {
        StreamFeed feed = hub.attach(FINANCE);
        log.hold();
        Future<Void> first = hub.hub().reconcile(feed);
        time.settle();
        hub.commit(FINANCE, 1);
        Future<Void> second = hub.hub().reconcile(feed);
        Future<Void> third = hub.hub().reconcile(feed);
        time.settle();
        log.release();
        time.settle();
        assertThat(first.succeeded()).isTrue();
        assertThat(second.succeeded()).isTrue();
        assertThat(third.succeeded()).isTrue();
        assertThat(feed.buffer().head()).isEqualTo(1);
    }

    @Test
    void shouldShareTheQuestionWhenManyCallersCome() {
        hub.publish(FINANCE, 10);
        StreamFeed feed = hub.attach(FINANCE);
        int reads = log.reads();
        List<Future<Void>> callers = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            callers.add(hub.hub().reconcile(feed));
        }
        time.settle();
        assertThat(callers).allMatch(Future::succeeded);
        assertThat(log.reads()).isLessThanOrEqualTo(reads + 2);
    }

    /** Two reads for the older events; between them the log lets go of some in the middle of what was asked for. */
    @Test
    void shouldNotJoinWhatDoesNotBelongTogetherWhenTheLogEvictsBetweenTwoReads() {
        Simulation small = Simulation.with().logEvents(60).create();
        HubFixture fixture = new HubFixture(small);
        small.publisher().padding(30_000);
        fixture.commit(FINANCE, 30);
        fixture.commit(FINANCE, 30);
        StreamFeed feed = fixture.attach(FINANCE);
        fixture.publish(FINANCE, 1);
        small.log().hold();
        Future<Void> reconciled = fixture.hub().reconcile(feed);
        small.time().settle();
        // The first answer ends at about 1 MiB. Then 2 to 45 go, and the buffer has only the newest.
        fixture.publish(FINANCE, 20);
        fixture.publish(FINANCE, 24);
        small.log().release();
        small.time().settle();
        assertThat(reconciled.succeeded()).isTrue();
        fixture.held(feed);
        assertThat(feed.buffer().head()).isEqualTo(105);
    }

    /** More runs than are put aside come while the log's answer is under way: the rest must be fetched, not forgotten. */
    @Test
    void shouldFetchWhatItCouldNotPutAsideWhenTheOpeningTakesLong() {
        log.hold();
        Future<StreamFeed> feed = hub.hub().attach(FINANCE);
        time.settle();
        log.releaseOne();
        log.releaseOne();
        time.settle();
        assertThat(log.heldAnswers()).as("the head, as it was before these").isEqualTo(1);
        for (int i = 0; i < 1_200; i++) {
            hub.publish(FINANCE, 1);
        }
        log.release();
        time.settle();
        assertThat(feed.result().buffer().head()).isEqualTo(1_200);
    }

    @Test
    void shouldFetchWhatItCouldNotPutAsideWhenAHoleIsFollowedByMany() {
        StreamFeed feed = hub.attach(FINANCE);
        CommittedBatch late = hub.commit(FINANCE, 1);
        for (int i = 0; i < 1_200; i++) {
            hub.publish(FINANCE, 1);
        }
        hub.deliver(late);
        time.advance(Duration.ofMillis(100));
        assertThat(feed.buffer().head()).isEqualTo(1_201);
    }

    /** A straggler of the old epoch stands at the seq at which an early push of this one belongs. */
    @Test
    void shouldKeepAnEarlyPushWhenAStragglerOfAnotherEpochHasItsSeq() {
        StreamFeed feed = hub.attach(FINANCE);
        hub.publish(FINANCE, 2);
        CommittedBatch straggler = hub.commit(FINANCE, 1);
        log.loseEverything();
        hub.publish(FINANCE, 1);
        hub.deliver(straggler);
        assertThat(feed.buffer().head()).isEqualTo(1);
        CommittedBatch second = hub.commit(FINANCE, 1);
        hub.publish(FINANCE, 1);
        hub.deliver(second);
        time.advance(Duration.ofMillis(500));
        assertThat(hub.held(feed)).containsExactly(1L, 2L, 3L);
    }

    /** The version check finds the lost push of a stream whose opening read has left the log but not arrived. */
    @Test
    void shouldFetchALostPushWhenTheVersionCheckRunsDuringTheOpening() {
        hub.attach(STAFF);
        time.advance(Duration.ofSeconds(3));
        log.hold();
        Future<StreamFeed> feed = hub.hub().attach(FINANCE);
        time.settle();
        hub.commit(FINANCE, 1);
        // The opening read is kept back; version and changes pass it by.
        log.letPass();
        time.advance(Duration.ofSeconds(3));
        assertThat(feed.isComplete()).isFalse();
        log.release();
        time.advance(Duration.ofSeconds(3));
        assertThat(feed.result().buffer().head()).isEqualTo(1);
    }

    /** The answer is older than the pushes that overtook it, which says nothing against the log. */
    @Test
    void shouldRaiseNoAlarmWhenPushesOvertakeAnAnswerOfTheLog() {
        StreamFeed feed = hub.attach(FINANCE);
        List<String> alarms = alarmsOf(() -> {
            CommittedBatch late = hub.commit(FINANCE, 2);
            hub.publish(FINANCE, 1);
            log.hold();
            time.advance(HubOptions.defaults().holeGrace());
            hub.deliver(late);
            hub.publish(FINANCE, 5);
            log.release();
            time.settle();
        });
        assertThat(hub.held(feed)).isEqualTo(seqs(1, 8));
        assertThat(alarms).isEmpty();
    }

    /** What is logged as an error meanwhile. */
    private static List<String> alarmsOf(Runnable work) {
        Logger logger = (Logger) LoggerFactory.getLogger(FeedRepair.class);
        ListAppender<ILoggingEvent> appender = new ListAppender<>();
        appender.start();
        logger.addAppender(appender);
        logger.setAdditive(false);
        try {
            work.run();
        } finally {
            logger.setAdditive(true);
            logger.detachAppender(appender);
        }
        return appender.list.stream()
                .filter(event -> event.getLevel() == Level.ERROR)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    private void reconcile(StreamFeed feed) {
        Future<Void> reconciled = hub.hub().reconcile(feed);
        time.settle();
        assertThat(reconciled.succeeded()).isTrue();
    }

    private static List<Long> seqs(long from, long to) {
        return LongStream.rangeClosed(from, to).boxed().toList();
    }
}
