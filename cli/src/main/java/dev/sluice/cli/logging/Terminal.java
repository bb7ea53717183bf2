// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli.logging;

import java.io.Console;
import java.lang.reflect.Method;

/** Whether somebody is watching. */
public final class Terminal {

    private Terminal() {}

    /** Whether standard input and output are a terminal. */
    @SuppressWarnings("SystemConsoleNull") // what the newer versions return is asked below
    public static boolean isInteractive() {
        Console console = System.console();
        return console != null && isTerminal(console);
    }

    /** Whether colours are welcome: on a terminal, unless {@code NO_COLOR} says no. */
    public static boolean hasColours() {
        return isInteractive() && System.getenv("NO_COLOR") == null;
    }

    /** Until Java 21 there is a console only on a terminal; from 22 on there may always be one, which can be asked. */
    private static boolean isTerminal(Console console) {
        try {
            Method method = Console.class.getMethod("isTerminal");
            return (boolean) method.invoke(console);
        } catch (NoSuchMethodException e) {
            return true;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a public method of the JDK can be called", e);
        }
    }
}
