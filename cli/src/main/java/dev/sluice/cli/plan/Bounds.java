// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli.plan;

import java.math.BigDecimal;

/** Bounds of what is asked for. */
final class Bounds {

    private Bounds() {}

    static void check(String option, double value, double min, double max) {
        if (!(value >= min && value <= max)) {
            throw new IllegalArgumentException(
                    option + " must be " + text(min) + " to " + text(max) + ", is " + text(value));
        }
    }

    private static String text(double value) {
        return Double.isFinite(value)
                ? BigDecimal.valueOf(value).stripTrailingZeros().toPlainString()
                : "no number";
    }
}
