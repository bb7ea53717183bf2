// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher;

import static dev.sluice.publisher.PublisherBench.FINANCE;
import static dev.sluice.publisher.PublisherBench.OPTIONS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.Receipt;
import dev.sluice.stream.StreamKey;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The breaker around the log, seen from outside. It opens after 3 failures for 200 ms. */
class LogBreakerTest {

    private static final double CLOSED = 0;
    private static final double HALF_OPEN = 1;
    private static final double OPEN = 2;

    private final PublisherBench bench = new PublisherBench();
    private final FaultyLog log = bench.log;
    private final StreamKey second = bench.elsewhere(0);
    private final StreamKey third = bench.elsewhere(1);

    @Test
    void shouldStayClosedWhenASingleCommitFailsAgainAndAgain() {
        log.behave(log::failBefore);
        bench.submit(FINANCE, 1);
        bench.loop.advance(OPTIONS.commitTimeout().minusMillis(1));

        assertThat(log.attempts()).hasSizeGreaterThan(50);
        assertThat(state()).isEqualTo(CLOSED);
        assertThat(bench.submit(second, 1).isComplete()).isFalse();
    }

    @Test
    void shouldRefuseAtOnceWhenItIsOpen() {
        open();
        int attempts = log.attempts().size();
        bench.loop.advanceMillis(50);

        Future<Receipt> refused = bench.publisher.submit(TestEvents.event(third, 1));

        // Without a turn of the loop: the caller is not made to wait for anything.
        assertThat(refused.cause()).isInstanceOfSatisfying(PublishUnavailableException.class, e -> {
            assertThat(e.outcomeUnknown()).isFalse();
            assertThat(e.retryAfter()).isBetween(Duration.ofMillis(149), Duration.ofMillis(150));
        });
        assertThat(bench.publisher
                        .submitAll(List.of(TestEvents.event(third, 1)))
                        .cause())
                .isInstanceOf(PublishUnavailableException.class);
        assertThat(log.attempts()).hasSize(attempts);
        assertThat(bench.count("sluice.publisher.rejected", "cause", "breaker_open"))
                .isEqualTo(2);
        assertThat(bench.count("sluice.publisher.breaker.opened")).isEqualTo(1);
    }

    @Test
    void shouldFailWhatWaitsButNotWhatIsInFlightWhenItOpens() {
        log.behave(log::failBefore);
        Future<Receipt> inFlight = bench.submit(FINANCE, 1);
        Future<Receipt> waiting = bench.submit(FINANCE, 2);
        bench.submit(second, 1);
        bench.loop.advanceMillis(10);

        assertThat(state()).isEqualTo(OPEN);
        assertThat(((PublishUnavailableException) waiting.cause()).outcomeUnknown())
                .isFalse();
        assertThat(inFlight.isComplete()).isFalse();

        log.behave(log::apply);
        bench.loop.advanceMillis(300);
        assertThat(inFlight.succeeded()).isTrue();
        assertThat(log.stored(FINANCE)).containsExactly(TestEvents.json(FINANCE, "1"));
    }

    @Test
    void shouldSendNothingWhileItIsOpen() {
        open();
        int attempts = log.attempts().size();

        bench.loop.advance(OPTIONS.breakerOpen());

        assertThat(log.attempts()).hasSize(attempts);
    }

    @Test
    void shouldProbeWithOneCommitInFlightAndLetTheOthersFollowWhenItSucceeds() {
        List<Future<Receipt>> parked = open();
        int attempts = log.attempts().size();
        FaultyLog.Held held = log.hold();
        bench.loop.advance(OPTIONS.breakerOpen().plusMillis(5));

        assertThat(held.size()).isEqualTo(1);
        assertThat(state()).isEqualTo(HALF_OPEN);
        log.behave(log::apply);
        held.releaseAll();
        bench.loop.run();

        assertThat(state()).isEqualTo(CLOSED);
        assertThat(parked).allMatch(Future::succeeded);
        assertThat(log.attempts()).hasSize(attempts + parked.size());
        assertThat(bench.submit(third, 1).succeeded()).isTrue();
    }

    @Test
    void shouldOpenAgainWhenTheProbeFails() {
        List<Future<Receipt>> parked = open();
        int attempts = log.attempts().size();
        bench.loop.advance(OPTIONS.breakerOpen().plusMillis(5));

        assertThat(log.attempts()).hasSize(attempts + 1);
        assertThat(state()).isEqualTo(OPEN);
        assertThat(parked).noneMatch(Future::isComplete);
        assertThat(bench.submit(third, 1).cause()).isInstanceOf(PublishUnavailableException.class);

        log.behave(log::apply);
        bench.loop.advance(OPTIONS.breakerOpen().plusMillis(5));
        assertThat(state()).isEqualTo(CLOSED);
        assertThat(parked).allMatch(Future::succeeded);
    }

    @Test
    void shouldFailWhatCameDuringAProbeThatFails() {
        open();
        FaultyLog.Held held = log.hold();
        bench.loop.advance(OPTIONS.breakerOpen().plusMillis(5));
        // One lane has the probe, one a parked commit, one nothing: all three take the event in.
        List<Future<Receipt>> during =
                List.of(bench.submit(FINANCE, 8), bench.submit(second, 8), bench.submit(third, 8));
        assertThat(during).noneMatch(Future::isComplete);
        held.release(log::failBefore);
        bench.loop.run();

        assertThat(state()).isEqualTo(OPEN);
        assertThat(during.get(0).failed()).isTrue();
        assertThat(during.get(1).failed()).isTrue();
        // The third was a commit of its own: parked, it goes on when the log answers.
        log.behave(log::apply);
        bench.loop.advanceMillis(300);
        assertThat(during.get(2).succeeded()).isTrue();
    }

    @Test
    void shouldProbeWithTheNextPublishWhenNothingIsInFlight() {
        open();
        bench.loop.advance(OPTIONS.commitTimeout());
        log.behave(log::apply);
        bench.loop.advance(OPTIONS.breakerOpen());

        assertThat(state()).isEqualTo(OPEN);
        assertThat(bench.submit(third, 1).succeeded()).isTrue();
        assertThat(state()).isEqualTo(CLOSED);
    }

    @Test
    void shouldGiveUpParkedCommitsWhenTheirTimeIsOver() {
        List<Future<Receipt>> parked = open();
        bench.loop.advance(OPTIONS.commitTimeout().plusSeconds(1));

        assertThat(parked).allMatch(Future::failed);
        assertThat(bench.gauge("sluice.publisher.queued")).isZero();
        assertThat(bench.loop.pendingTimers()).isZero();
    }

    @Test
    void shouldOpenAgainWhenTheProbeHangsUntilItsTimeIsOver() {
        List<Future<Receipt>> parked = open();
        log.hold();
        bench.loop.advance(OPTIONS.commitTimeout());

        assertThat(parked).allMatch(Future::failed);
        assertThat(state()).isEqualTo(OPEN);
        log.behave(log::apply);
        bench.loop.advance(OPTIONS.breakerOpen().plusMillis(1));
        assertThat(bench.submit(third, 1).succeeded()).isTrue();
    }

    @Test
    void shouldProbeWithWhatIsParkedWhenTheProbeBeforeItWasGivenUp() {
        open();
        log.hold();
        bench.loop.advance(OPTIONS.breakerOpen().plusMillis(5));
        Future<Receipt> parked = bench.submit(third, 1);
        log.behave(log::apply);
        bench.loop.advance(OPTIONS.commitTimeout().minusMillis(10));

        assertThat(parked.succeeded()).isTrue();
        assertThat(state()).isEqualTo(CLOSED);
    }

    @Test
    void shouldSayThatACommitWasNeverSentWhenItWasParkedAllItsTime() {
        PublisherBench impatient = new PublisherBench(
                new PublisherOptions(
                        OPTIONS.maxQueuedEvents(),
                        OPTIONS.maxQueuedBytes(),
                        Duration.ofMillis(150),
                        OPTIONS.retryDelay(),
                        OPTIONS.maxRetryDelay(),
                        OPTIONS.breakerFailures(),
                        OPTIONS.breakerOpen(),
                        OPTIONS.closeTimeout(),
                        OPTIONS.fairness(),
                        OPTIONS.http()),
                log);
        log.behave(log::failBefore);
        impatient.submit(FINANCE, 1);
        impatient.submit(second, 1);
        impatient.loop.advance(Duration.ofMillis(300));
        FaultyLog.Held held = log.hold();
        Future<Receipt> probe = impatient.submit(FINANCE, 2);
        Future<Receipt> parked = impatient.submit(third, 1);
        held.release(log::failBefore);
        impatient.loop.advance(Duration.ofMillis(150));

        assertThat(log.attempts())
                .noneMatch(commit -> commit.events().get(0).key().equals(third));
        assertThat(((PublishUnavailableException) parked.cause()).outcomeUnknown())
                .isFalse();
        assertThat(((PublishUnavailableException) probe.cause()).outcomeUnknown())
                .isTrue();
    }

    @Test
    void shouldNotOpenForFailuresThatAreNotTheLogs() {
        log.behave(commit -> Future.failedFuture(new IllegalStateException("a bug")));
        for (int i = 0; i < 20; i++) {
            bench.submit(FINANCE, i);
        }

        assertThat(state()).isEqualTo(CLOSED);
    }

    @Test
    void shouldFreeTheProbeWhenItSaysNothingAboutTheLog() {
        List<Future<Receipt>> parked = open();
        FaultyLog.Held held = log.hold();
        bench.loop.advance(OPTIONS.breakerOpen().plusMillis(5));
        log.behave(log::apply);
        held.release(commit -> Future.failedFuture(new IllegalStateException("a bug")));
        bench.loop.run();

        assertThat(state()).isEqualTo(CLOSED);
        assertThat(parked).filteredOn(Future::failed).hasSize(1);
        assertThat(parked).filteredOn(Future::succeeded).hasSize(1);
    }

    @Test
    void shouldIgnoreTheOutcomeOfAnAttemptFromBeforeItOpened() {
        FaultyLog.Held old = log.hold();
        bench.submit(third, 1);
        open();
        FaultyLog.Held probe = log.hold();
        bench.loop.advance(OPTIONS.breakerOpen().plusMillis(5));
        old.release(log::failBefore);

        assertThat(state()).as("while the probe is under way").isEqualTo(HALF_OPEN);
        log.behave(log::apply);
        probe.releaseAll();
        bench.loop.run();
        assertThat(state()).isEqualTo(CLOSED);
    }

    /** Opens it with two commits, which stay in flight. */
    private List<Future<Receipt>> open() {
        log.behave(log::failBefore);
        List<Future<Receipt>> receipts = List.of(bench.submit(FINANCE, 1), bench.submit(second, 1));
        while (state() != OPEN) {
            bench.loop.advance(Duration.ofMillis(1));
        }
        assertThat(log.attempts()).hasSizeLessThan(6);
        return receipts;
    }

    private double state() {
        return bench.gauge("sluice.publisher.breaker.state");
    }
}
