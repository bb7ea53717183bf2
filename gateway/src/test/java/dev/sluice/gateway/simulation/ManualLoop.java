// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.simulation;

import dev.sluice.gateway.loop.EventLoop;
import java.util.ArrayDeque;
import java.util.Deque;

/** A loop whose tasks run when the test says so, in order. What a task throws comes out at the test. */
public final class ManualLoop implements EventLoop {

    private final ManualTime time;
    private final Deque<Runnable> tasks = new ArrayDeque<>();

    ManualLoop(ManualTime time) {
        this.time = time;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    @Override
    public Runnable schedule(long delayMs, Runnable task) {
        return time.schedule(this, delayMs, task);
    }

    @Override
    public long now() {
        return time.millis();
    }

    /** Runs the next task; false when there is none. */
    public boolean runOne() {
        Runnable task = tasks.poll();
        if (task == null) {
            return false;
        }
        task.run();
        return true;
    }
}
