// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.fuzz;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Measures what reading an input costs the thread that reads it. Both figures are the thread's own, so a busy machine does not spoil
 * them, and both are held against the input's size: a few bytes that make a parser allocate megabytes (a count announced and believed)
 * or think for seconds are a finding even where nothing is thrown.
 */
public final class Cost {

    /** The fuzzer's hooks allocate, too: some megabytes where a long text meets a regular expression. */
    private static final long BASE_BYTES = 32L << 20;

    /** A JSON tree costs some hundred bytes for each pair of brackets. */
    private static final long BYTES_PER_BYTE = 2_048;

    private static final Duration MAX_CPU = Duration.ofSeconds(2);

    /** Whoever comes first pays for the loading of classes (and for the fuzzer's instrumentation of them); nobody pays three times. */
    private static final int ATTEMPTS = 3;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Cost() {}

    /**
     * Runs a parser on this thread; again, if that was dear.
     *
     * @param inputLength in bytes
     * @param parser gives the same result, or throws the same, each time
     * @throws AssertionError when it allocates or takes more than an input of that length may cost
     */
    public static <T> T bounded(int inputLength, Supplier<T> parser) {
        long allowed = BASE_BYTES + BYTES_PER_BYTE * inputLength;
        long allocated = 0;
        long cpu = 0;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            allocated = -THREADS.getCurrentThreadAllocatedBytes();
            cpu = -THREADS.getCurrentThreadCpuTime();
            Outcome<T> outcome = Outcome.of(parser);
            allocated += THREADS.getCurrentThreadAllocatedBytes();
            cpu += THREADS.getCurrentThreadCpuTime();
            if (allocated <= allowed && cpu <= MAX_CPU.toNanos()) {
                return outcome.get();
            }
        }
        throw new AssertionError(allocated + " bytes allocated in " + cpu / 1_000_000 + " ms of CPU; allowed are "
                + allowed + " in " + MAX_CPU.toMillis());
    }

    private record Outcome<T>(T value, RuntimeException failure) {

        static <T> Outcome<T> of(Supplier<T> parser) {
            try {
                return new Outcome<>(parser.get(), null);
            } catch (RuntimeException e) {
                return new Outcome<>(null, e);
            }
        }

        T get() {
            if (failure != null) {
                throw failure;
            }
            return value;
        }
    }
}
