// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.simulation;

import dev.sluice.gateway.loop.EventLoop;
import java.util.ArrayDeque;
import java.util.Deque;

/** A loop whose tasks run when the test says so, in order. What a task throws comes out at the test. */
public final class ManualLoop implements EventLoop {

    private final ManualTime time;
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private boolean frozen;
    private boolean dead;

    ManualLoop(ManualTime time) {
        this.time = time;
    }

    @Override
    public void execute(Runnable task) {
        if (!dead) {
            tasks.add(task);
        }
    }

    @Override
    public void executeInNextTurn(Runnable task) {
        execute(task);
    }

    /** From now on nothing of it runs: what is given to it and what falls due waits, until {@link #thaw}. */
    public void freeze() {
        frozen = true;
    }

    /** Goes on with all that has waited. */
    public void thaw() {
        frozen = false;
    }

    /** Its process is gone: nothing of it ever runs again. */
    public void kill() {
        dead = true;
        tasks.clear();
        time.forget(this);
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
        Runnable task = frozen ? null : tasks.poll();
        if (task == null) {
            return false;
        }
        task.run();
        return true;
    }
}
