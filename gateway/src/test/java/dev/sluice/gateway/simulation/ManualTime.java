// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.simulation;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.random.RandomGenerator;

/** Time that stands still until a test moves it, and the loops that live in it. Not thread-safe. */
public final class ManualTime implements InstantSource {

    /** More tasks than this without a pause are a loop that feeds itself. */
    private static final int MAX_TASKS = 5_000_000;

    private final List<ManualLoop> loops = new ArrayList<>();
    private final PriorityQueue<Timer> timers =
            new PriorityQueue<>(Comparator.comparingLong(Timer::at).thenComparingLong(Timer::number));
    private long now = 1_750_000_000_000L;
    private long timerCount;

    private record Timer(long at, long number, ManualLoop loop, Runnable task) {}

    /** One more loop. */
    public ManualLoop loop() {
        ManualLoop loop = new ManualLoop(this);
        loops.add(loop);
        return loop;
    }

    void forget(ManualLoop loop) {
        loops.remove(loop);
        timers.removeIf(timer -> timer.loop() == loop);
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(now);
    }

    @Override
    public long millis() {
        return now;
    }

    Runnable schedule(ManualLoop loop, long delayMs, Runnable task) {
        if (delayMs < 1) {
            throw new IllegalArgumentException("a delay is at least 1 ms, is " + delayMs);
        }
        Timer timer = new Timer(now + delayMs, timerCount++, loop, task);
        timers.add(timer);
        return () -> timers.remove(timer);
    }

    /** Runs what is to be run now, each loop in its order, until nothing is left. The time stands still. */
    public void settle() {
        int tasks = 0;
        boolean ran = true;
        while (ran) {
            ran = false;
            for (ManualLoop loop : loops) {
                while (loop.runOne()) {
                    ran = true;
                    if (++tasks > MAX_TASKS) {
                        throw new AssertionError("the loops do not come to rest");
                    }
                }
            }
        }
    }

    /** Lets the time pass: every timer fires at its time, and all that follows from it is done before the next one. */
    public void advance(Duration by) {
        long end = now + by.toMillis();
        settle();
        while (!timers.isEmpty() && timers.peek().at() <= end) {
            fire(timers.poll());
            settle();
        }
        now = end;
    }

    /** {@link #advance(Duration)} in milliseconds. */
    public void advance(long ms) {
        advance(Duration.ofMillis(ms));
    }

    /** Lets the time pass without running what falls due: it waits in its loop's queue. */
    public void advanceOnly(long ms) {
        now += ms;
        while (!timers.isEmpty() && timers.peek().at() <= now) {
            Timer timer = timers.poll();
            timer.loop().execute(timer.task());
        }
    }

    private void fire(Timer timer) {
        now = Math.max(now, timer.at());
        timer.loop().execute(timer.task());
    }

    /** Runs one task of a loop chosen at random, as if threads raced; false when there is none. */
    public boolean step(RandomGenerator random) {
        int start = random.nextInt(loops.size());
        for (int i = 0; i < loops.size(); i++) {
            if (loops.get((start + i) % loops.size()).runOne()) {
                return true;
            }
        }
        return false;
    }

    /** How many timers are waiting. */
    public int timers() {
        return timers.size();
    }
}
