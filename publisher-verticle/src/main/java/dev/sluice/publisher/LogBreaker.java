// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher;

import dev.sluice.stream.log.LogUnavailableException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * The circuit breaker around the log: one for all shards of a publisher, fed by the attempts of its commits.
 *
 * <ul>
 *   <li>Closed: all attempts pass. So many failures in a row, no success of any shard between, open it: the log as a whole does not
 *       answer. A node that takes its shards along does not open it, for the other shards go on answering.
 *   <li>Open: nothing new is taken and what waits fails, at once and clearly, instead of piling up. Commits that were in flight have
 *       an unknown outcome, so they are not given up: they are parked, and the first of them is the probe when the time is over;
 *       if there is none, the next publish is.
 *   <li>Half open: one probe is under way. Its success closes the breaker and wakes all that are parked, its failure opens it again.
 * </ul>
 *
 * <p>Confined to the loop, but for {@link #refusal()}.
 */
final class LogBreaker {

    private static final Logger LOGGER = LoggerFactory.getLogger(LogBreaker.class);
    private static final float EVERY_ONE = 100;
    /** The breaker must be past its time, not just at it. */
    private static final Duration JUST_AFTER = Duration.ofMillis(1);

    private final Loop loop;
    private final Duration openFor;
    private final PublisherMetrics metrics;
    private final Runnable opened;
    private final CircuitBreaker breaker;
    private final Deque<Runnable> parked = new ArrayDeque<>();
    private Runnable cancelWake;
    private long generation;

    // Read by callers on any thread: written in this order, read in the other.
    private volatile long openUntil;
    private volatile boolean open;

    /**
     * A closed breaker.
     *
     * @param opened called each time it opens
     */
    LogBreaker(Loop loop, PublisherOptions options, PublisherMetrics metrics, Runnable opened) {
        this.loop = loop;
        this.openFor = options.breakerOpen();
        this.metrics = metrics;
        this.opened = opened;
        this.breaker = CircuitBreaker.of(
                "log",
                CircuitBreakerConfig.custom()
                        .clock(new LoopClock(loop))
                        .slidingWindowType(SlidingWindowType.COUNT_BASED)
                        .slidingWindowSize(options.breakerFailures())
                        .minimumNumberOfCalls(options.breakerFailures())
                        .failureRateThreshold(EVERY_ONE)
                        .waitDurationInOpenState(openFor)
                        .permittedNumberOfCallsInHalfOpenState(1)
                        .build());
        breaker.getEventPublisher()
                .onStateTransition(event -> changed(event.getStateTransition().getToState()));
    }

    /**
     * Leave for one attempt, to be spent by exactly one call. What it reports counts only while the breaker is in the state in which
     * it was given: an attempt from before an outage says nothing about a probe.
     */
    final class Permit {

        private final long givenIn = generation;
        private final boolean probe = breaker.getState() == State.HALF_OPEN;

        /** Whether the breaker waits for the outcome of this very attempt. */
        boolean isProbe() {
            return probe;
        }

        /** The log answered. */
        void succeeded() {
            if (givenIn == generation) {
                breaker.onSuccess(0, TimeUnit.NANOSECONDS);
            }
        }

        /** The log did not answer. */
        void failed() {
            if (givenIn == generation) {
                breaker.onError(0, TimeUnit.NANOSECONDS, new LogUnavailableException("no answer", null));
            }
        }

        /** The attempt says nothing about the log. */
        void withdrawn() {
            if (givenIn == generation) {
                breaker.releasePermission();
                loop.execute(LogBreaker.this::wakeNext);
            }
        }
    }

    /** Leave for one attempt, or empty if there must be none now: then {@link #park}. */
    Optional<Permit> tryAcquire() {
        return breaker.tryAcquirePermission() ? Optional.of(new Permit()) : Optional.empty();
    }

    /** Runs the task once, when trying again may succeed. */
    void park(Runnable retry) {
        parked.add(retry);
        scheduleWake();
    }

    /** Forgets a parked task. */
    void unpark(Runnable retry) {
        parked.remove(retry);
    }

    /** If nothing new is to be taken now: for how long. Any thread. */
    Optional<Duration> refusal() {
        if (!open) {
            return Optional.empty();
        }
        long left = openUntil - loop.nanoTime();
        return left > 0 ? Optional.of(Duration.ofNanos(left)) : Optional.empty();
    }

    private void changed(State state) {
        generation++;
        metrics.breaker(state);
        LOGGER.atLevel(state == State.OPEN ? Level.WARN : Level.INFO)
                .addKeyValue("state", state)
                .log("the circuit breaker around the log changed its state");
        if (state == State.OPEN) {
            openUntil = loop.nanoTime() + openFor.toNanos();
            open = true;
            scheduleWake();
            opened.run();
        } else {
            open = false;
            if (state == State.CLOSED) {
                wakeAll();
            }
        }
    }

    /** Only while it is open: a probe under way wakes the others by its outcome. */
    private void scheduleWake() {
        if (open && cancelWake == null && !parked.isEmpty()) {
            Duration left = refusal().orElse(Duration.ZERO);
            cancelWake = loop.schedule(left.plus(JUST_AFTER), () -> {
                cancelWake = null;
                wakeNext();
            });
        }
    }

    private void wakeNext() {
        Runnable next = parked.poll();
        if (next != null) {
            next.run();
        }
    }

    private void wakeAll() {
        if (cancelWake != null) {
            cancelWake.run();
            cancelWake = null;
        }
        parked.forEach(loop::execute);
        parked.clear();
    }
}
