// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.simulation;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** What threads allocate, in bytes. The JVM counts it exactly, so it says the same on a busy machine. */
public final class Allocations {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Allocations() {}

    /** How many bytes the calling thread allocates when it runs the work so many times, for one time. */
    public static double of(int times, Runnable work) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < times; i++) {
            work.run();
        }
        return (double) (THREADS.getCurrentThreadAllocatedBytes() - before) / times;
    }

    /** How many bytes a thread has allocated in its life. */
    public static long by(Thread thread) {
        return THREADS.getThreadAllocatedBytes(thread.getId());
    }
}
