// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher;

import java.time.Duration;

/** The one thread of a publisher and its clock. Tests put one with a manual clock in its place. */
interface Loop {

    /** Runs the task on the loop, after what was handed over before, never within the call. Any thread. */
    void execute(Runnable task);

    /** Runs the task now if the caller is on the loop, else as {@link #execute} does. Any thread. */
    void dispatch(Runnable task);

    /**
     * Runs the task on the loop once, later. On the loop.
     *
     * @return cancels it, if it has not begun; on the loop only
     */
    Runnable schedule(Duration delay, Runnable task);

    /** Nanoseconds since some moment; never goes back. Any thread. */
    long nanoTime();
}
