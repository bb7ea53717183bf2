// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;

/** A loop that runs when a test says so, and whose time passes only then. */
final class ManualLoop implements Loop {

    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final PriorityQueue<Timer> timers =
            new PriorityQueue<>(Comparator.comparingLong(Timer::at).thenComparingLong(Timer::order));
    // Near the end of the range, for a clock of nanoseconds may wrap around.
    private long now = Long.MAX_VALUE - Duration.ofSeconds(3).toNanos();
    private final long start = now;
    private long order;

    private record Timer(long sinceStart, long order, Runnable task) {
        long at() {
            return sinceStart;
        }
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    @Override
    public void dispatch(Runnable task) {
        task.run();
    }

    @Override
    public Runnable schedule(Duration delay, Runnable task) {
        Timer timer = new Timer(now - start + delay.toNanos(), order++, task);
        timers.add(timer);
        return () -> timers.remove(timer);
    }

    @Override
    public long nanoTime() {
        return now;
    }

    /** Runs all that is due now. */
    void run() {
        for (Runnable task = next(); task != null; task = next()) {
            task.run();
        }
    }

    private Runnable next() {
        if (!tasks.isEmpty()) {
            return tasks.remove();
        }
        Timer timer = timers.peek();
        return timer != null && timer.at() <= now - start ? timers.remove().task() : null;
    }

    /** Lets time pass, timer by timer. */
    void advance(Duration time) {
        run();
        long end = now - start + time.toNanos();
        for (Timer timer = timers.peek(); timer != null && timer.at() <= end; timer = timers.peek()) {
            now = start + timer.at();
            run();
        }
        now = start + end;
        run();
    }

    void advanceMillis(long millis) {
        advance(Duration.ofMillis(millis));
    }

    Duration elapsed() {
        return Duration.ofNanos(now - start);
    }

    int pendingTimers() {
        return timers.size();
    }
}
