// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.check;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** How long there is load: for some seconds, or as long as a command runs, which is started with it. One thread. */
abstract class LoadTime implements AutoCloseable {

    private long beganAt;
    private boolean begun;

    /** So many seconds. */
    static LoadTime of(long seconds) {
        return new Fixed(Duration.ofSeconds(seconds).toNanos());
    }

    /** From the first {@link #await} to the end of the command, which writes to the same terminal. */
    static LoadTime whileRunning(List<String> command) {
        return new WhileRunning(new ProcessBuilder(command).inheritIO());
    }

    /**
     * Lets a part of it go by, which ends earlier when all is over; begins it the first time.
     *
     * @throws IOException when the command cannot be started
     */
    final void await(Duration atMost) throws IOException {
        if (!begun) {
            beganAt = System.nanoTime();
            begin();
            begun = true;
        }
        pass(atMost);
    }

    /** Whether the first part was let go by. */
    final boolean hasBegun() {
        return begun;
    }

    /** How many have gone by. */
    final long seconds() {
        return TimeUnit.NANOSECONDS.toSeconds(nanos());
    }

    final long nanos() {
        return System.nanoTime() - beganAt;
    }

    abstract void begin() throws IOException;

    abstract void pass(Duration atMost);

    /** Whether it has ended. */
    abstract boolean isOver();

    /** With what the command ended; 0 when there is none. */
    abstract int exitCode();

    /** Ends a command that still runs. */
    @Override
    public abstract void close();

    private static final class Fixed extends LoadTime {

        private final long length;

        Fixed(long length) {
            this.length = length;
        }

        @Override
        void begin() {
            // time passes by itself
        }

        @Override
        void pass(Duration atMost) {
            long until = nanos() + Math.min(length - nanos(), atMost.toNanos());
            for (long left = until - nanos(); left > 0; left = until - nanos()) {
                LockSupport.parkNanos(left);
            }
        }

        @Override
        boolean isOver() {
            return nanos() >= length;
        }

        @Override
        int exitCode() {
            return 0;
        }

        @Override
        public void close() {
            // nothing runs
        }
    }

    private static final class WhileRunning extends LoadTime {

        private final ProcessBuilder builder;
        private Process process; // null until it begins

        WhileRunning(ProcessBuilder builder) {
            this.builder = builder;
        }

        @Override
        void begin() throws IOException {
            process = builder.start();
        }

        @Override
        void pass(Duration atMost) {
            try {
                process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        boolean isOver() {
            return !process.isAlive();
        }

        @Override
        int exitCode() {
            return process.exitValue();
        }

        @Override
        public void close() {
            if (process != null) {
                process.destroy();
            }
        }
    }
}
