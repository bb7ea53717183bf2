// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.cluster.inside;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What the test tells a process while it runs: a few numbers in a file that both have mapped, so that reading them costs nothing. */
public final class Switches {

    /** The system property that names the file in the process. */
    public static final String PROPERTY = "sluice.testkit.switches";

    private static final int BYTES = 16;
    private static final int DROP_AT = 0;
    private static final int HALT_AT = 4;
    private static final int CLOCK_AT = 8;
    private static final int SCALE = 100;

    private static final VarHandle INTS = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.nativeOrder());
    private static final VarHandle LONGS = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private final ByteBuffer memory;

    private Switches(ByteBuffer memory) {
        this.memory = memory;
    }

    /** Maps the file, which is made, with everything off, if it is not there. */
    public static Switches open(Path file) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return new Switches(channel.map(MapMode.READ_WRITE, 0, BYTES));
        }
    }

    /** Those of this process. */
    static Switches ofThisProcess() {
        return Holder.INSTANCE;
    }

    private static final class Holder {

        static final Switches INSTANCE = open();

        private static Switches open() {
            try {
                return Switches.open(Path.of(System.getProperty(PROPERTY)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** How many pushes of a hundred are dropped. */
    public void setDropPercent(double percent) {
        if (!(percent >= 0 && percent <= 100)) {
            throw new IllegalArgumentException("must be 0 to 100, is " + percent);
        }
        INTS.setVolatile(memory, DROP_AT, (int) Math.round(percent * SCALE));
    }

    double dropPercent() {
        return (double) (int) INTS.getVolatile(memory, DROP_AT) / SCALE;
    }

    /** Whether the process halts instead of its next push, as if the power went off. */
    public void setHaltBeforePush(boolean halt) {
        INTS.setVolatile(memory, HALT_AT, halt ? 1 : 0);
    }

    boolean haltBeforePush() {
        return (int) INTS.getVolatile(memory, HALT_AT) == 1;
    }

    /** How far the process's wall clock is ahead of the machine's. */
    public void setClockOffsetMs(long offsetMs) {
        LONGS.setVolatile(memory, CLOCK_AT, offsetMs);
    }

    long clockOffsetMs() {
        return (long) LONGS.getVolatile(memory, CLOCK_AT);
    }
}
