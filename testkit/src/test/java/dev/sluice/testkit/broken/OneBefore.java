// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.broken;

import net.bytebuddy.asm.Advice;

/** Advice for {@code Resume.recovered(long, long)}: goes on one event too early. */
final class OneBefore {

    private OneBefore() {}

    @Advice.OnMethodEnter
    @SuppressWarnings({"UnusedVariable", "ParameterReassignment"
    }) // what is assigned is the argument of the method that this is put into
    static void enter(@Advice.Argument(value = 0, readOnly = false) long from) {
        from = Math.max(0, from - 1);
    }
}
