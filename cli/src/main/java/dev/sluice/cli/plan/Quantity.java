// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli.plan;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;

/** Numbers as people write them: {@code 1e6}, {@code 250k}, {@code 16GiB}, {@code 10Gbit}. */
public final class Quantity {

    /** The longest units first, for one ends with another. */
    private static final Map<String, Double> UNITS = new LinkedHashMap<>();

    static {
        UNITS.put("KiB", 1_024.0);
        UNITS.put("MiB", 1_048_576.0);
        UNITS.put("GiB", 1_073_741_824.0);
        UNITS.put("TiB", 1_099_511_627_776.0);
        UNITS.put("Mbit", 1e6);
        UNITS.put("Gbit", 1e9);
        UNITS.put("KB", 1e3);
        UNITS.put("MB", 1e6);
        UNITS.put("GB", 1e9);
        UNITS.put("TB", 1e12);
        UNITS.put("B", 1.0);
        UNITS.put("k", 1e3);
        UNITS.put("M", 1e6);
        UNITS.put("%", 0.01);
    }

    private Quantity() {}

    /**
     * The number that a text says.
     *
     * @throws IllegalArgumentException in words for the person who wrote it
     */
    public static double parse(String text) {
        String digits = text;
        double unit = 1;
        for (Map.Entry<String, Double> known : UNITS.entrySet()) {
            if (text.endsWith(known.getKey())) {
                digits = text.substring(0, text.length() - known.getKey().length());
                unit = known.getValue();
                break;
            }
        }
        try {
            return new BigDecimal(digits.strip().replace("_", "")).doubleValue() * unit;
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no number such as 250000, 1e6, 250k, 16GiB, 10Gbit or 60%");
        }
    }
}
