// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
    static void handle(Runnable first, Runnable further) {
        AtomicBoolean stopping = new AtomicBoolean();
        for (String name : NAMES) {
            Runnable handler = () -> {
                boolean again = !stopping.compareAndSet(false, true);
                LOGGER.atInfo().addKeyValue("signal", name).log(again ? "stopping at once" : "stopping");
                (again ? further : first).run();
            };
            try {
                install(name, handler);
            } catch (ReflectiveOperationException e) {
                LOGGER.atWarn().addKeyValue("signal", name).setCause(e).log("the signal cannot be handled");
            }
        }
    }

    /**
     * {@code sun.misc.Signal.handle}: the module jdk.unsupported exports it for want of anything in its place, but the compiler warns of every
     * mention, which nothing suppresses.
     */
    private static void install(String name, Runnable handler) throws ReflectiveOperationException {
        Class<?> signal = Class.forName("sun.misc.Signal");
        Class<?> signalHandler = Class.forName("sun.misc.SignalHandler");
        Object proxy = Proxy.newProxyInstance(
                signalHandler.getClassLoader(), new Class<?>[] {signalHandler}, (self, method, arguments) -> {
                    handler.run();
                    return null;
                });
        signal.getMethod("handle", signal, signalHandler)
                .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
    }
}
