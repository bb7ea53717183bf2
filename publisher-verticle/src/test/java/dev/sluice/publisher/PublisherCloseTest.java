// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher;

import static dev.sluice.publisher.PublisherBench.FINANCE;
import static dev.sluice.publisher.PublisherBench.OPTIONS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.Receipt;
import io.vertx.core.Future;
import org.junit.jupiter.api.Test;

/** The end of a publisher. */
class PublisherCloseTest {

    private final PublisherBench bench = new PublisherBench();

    @Test
    void shouldCloseAtOnceWhenNothingIsQueued() {
        bench.submit(FINANCE, 1);

        assertThat(close().succeeded()).isTrue();
        assertThat(bench.loop.pendingTimers()).isZero();
    }

    @Test
    void shouldAnswerWhatWasTakenAndRefuseWhatComesWhenItCloses() {
        FaultyLog.Held held = bench.log.hold();
        Future<Receipt> inFlight = bench.submit(FINANCE, 1);
        Future<Receipt> waiting = bench.submit(FINANCE, 2);
        // Handed over before the close, though not yet run.
        Future<Receipt> last = bench.publisher.submit(TestEvents.event(FINANCE, 3));
        Future<Void> closed = close();
        Future<Receipt> refused = bench.submit(FINANCE, 4);

        assertThat(closed.isComplete()).isFalse();
        assertThat(refused.cause())
                .isInstanceOfSatisfying(PublishUnavailableException.class, e -> assertThat(e.outcomeUnknown())
                        .isFalse());
        held.releaseAll();
        held.releaseAll();
        assertThat(closed.succeeded()).isTrue();
        assertThat(inFlight.result().position().seq()).isEqualTo(1);
        assertThat(waiting.result().position().seq()).isEqualTo(2);
        assertThat(last.result().position().seq()).isEqualTo(3);
        assertThat(bench.count("sluice.publisher.rejected", "cause", "closed")).isEqualTo(1);
    }

    @Test
    void shouldFailTheRestWhenTheLogDoesNotAnswerInTime() {
        bench.log.behave(bench.log::failBefore);
        Future<Receipt> inFlight = bench.submit(FINANCE, 1);
        Future<Receipt> waiting = bench.submit(FINANCE, 2);
        Future<Void> closed = close();
        bench.loop.advance(OPTIONS.closeTimeout().minusMillis(1));
        assertThat(closed.isComplete()).isFalse();
        bench.loop.advanceMillis(1);

        assertThat(closed.succeeded()).isTrue();
        assertThat(((PublishUnavailableException) inFlight.cause()).outcomeUnknown())
                .isTrue();
        assertThat(((PublishUnavailableException) waiting.cause()).outcomeUnknown())
                .isFalse();
        assertThat(bench.gauge("sluice.publisher.queued")).isZero();
        assertThat(bench.loop.pendingTimers()).isZero();
    }

    @Test
    void shouldCloseOnceWhenItIsClosedTwice() {
        FaultyLog.Held held = bench.log.hold();
        bench.submit(FINANCE, 1);
        Future<Void> first = close();
        Future<Void> second = close();
        assertThat(second.isComplete()).isFalse();
        held.releaseAll();

        assertThat(first.succeeded()).isTrue();
        assertThat(second.succeeded()).isTrue();
        assertThat(close().succeeded()).isTrue();
    }

    /** Cut off from the others, which is known: nobody waits for a timeout. */
    @Test
    void shouldFailEverythingAtOnceWhenItIsSuspended() {
        bench.log.hold();
        Future<Receipt> inFlight = bench.submit(FINANCE, 1);
        Future<Receipt> waiting = bench.submit(FINANCE, 2);
        // Handed over before, though not yet run.
        Future<Receipt> onItsWay = bench.publisher.submit(TestEvents.event(FINANCE, 3));
        bench.publisher.suspend("no quorum");
        bench.loop.run();
        Future<Receipt> later = bench.submit(FINANCE, 4);

        assertUnavailable(inFlight, true);
        assertUnavailable(waiting, false);
        assertUnavailable(onItsWay, false);
        assertUnavailable(later, false);
        assertThat(bench.gauge("sluice.publisher.queued")).isZero();
    }

    @Test
    void shouldPublishAgainWhenItIsResumed() {
        bench.publisher.suspend("no quorum");
        bench.loop.run();
        assertUnavailable(bench.submit(FINANCE, 1), false);

        bench.publisher.resume();
        bench.loop.run();

        assertThat(bench.submit(FINANCE, 2).result().position().seq()).isEqualTo(1);
    }

    private static void assertUnavailable(Future<Receipt> refused, boolean outcomeUnknown) {
        assertThat(refused.cause()).isInstanceOfSatisfying(PublishUnavailableException.class, e -> {
            assertThat(e.outcomeUnknown()).isEqualTo(outcomeUnknown);
            assertThat(e).hasMessageContaining("no quorum");
        });
    }

    private Future<Void> close() {
        Future<Void> closed = bench.publisher.close();
        bench.loop.run();
        return closed;
    }
}
