// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.loop;

/**
 * One thread and its clock. What is confined to an event loop is touched by tasks on it only and needs no lock. Tests put
 * a loop with a manual clock in its place.
 */
public interface EventLoop {

    /** Runs the task on the loop, after what was handed over before. Any thread. */
    void execute(Runnable task);

    /**
     * Runs the task on the loop after sockets and timers had their turn, and what was handed over before. For work that goes on piece by
     * piece: what a task hands to its own loop by {@link #execute} may come before them, again and again. On the loop only.
     */
    void executeInNextTurn(Runnable task);

    /**
     * Runs the task on the loop once, later. Any thread.
     *
     * @param delayMs at least 1
     * @return cancels it, if it has not begun; on the loop only
     */
    Runnable schedule(long delayMs, Runnable task);

    /** Epoch milliseconds. Any thread. */
    long now();
}
