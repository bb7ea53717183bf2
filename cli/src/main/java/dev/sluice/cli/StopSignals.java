// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;

/**
 * SIGTERM and SIGINT. The JVM's own way, shutdown hooks, knows no second signal and always exits with 128 and the signal's number,
 * which tells a supervisor that the process was killed, not that it left in order.
 */
final class StopSignals {

    private static final Logger LOGGER = LoggerFactory.getLogger(StopSignals.class);

    private static final List<String> NAMES = List.of("TERM", "INT");

    private StopSignals() {}

    /**
     * From now on the first of these signals calls the one, every further one the other, each on a thread of its own. Where the
     * JVM does not allow it (option -Xrs), its own handling stays.
     */
    @SuppressWarnings("sunapi") // the JDK supports it (module jdk.unsupported) and has nothing in its place
    static void handle(Runnable first, Runnable further) {
        AtomicBoolean stopping = new AtomicBoolean();
        for (String name : NAMES) {
            try {
                Signal.handle(new Signal(name), signal -> {
                    boolean again = !stopping.compareAndSet(false, true);
                    LOGGER.atInfo().addKeyValue("signal", name).log(again ? "stopping at once" : "stopping");
                    (again ? further : first).run();
                });
            } catch (IllegalArgumentException e) {
                LOGGER.atDebug().addKeyValue("signal", name).setCause(e).log("the signal cannot be handled");
            }
        }
    }
}
