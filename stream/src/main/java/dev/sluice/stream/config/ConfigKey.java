// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.config;

import java.util.Locale;

/**
 * One key of a configuration, for documentation and for the check that the documentation is complete.
 *
 * @param name dotted, as {@code gateway.batchWindow}
 * @param type what its value must be, as {@code a duration such as 250ms, 30s, 5m or 1d}
 * @param defaultValue its default as YAML would write it; {@code null} where there is none
 * @param secret whether its value is never printed
 */
public record ConfigKey(String name, String type, String defaultValue, boolean secret) {

    static final String PREFIX = "SLUICE_";

    /** The environment variable that sets it, as {@code SLUICE_GATEWAY_BATCH_WINDOW}. */
    public String variable() {
        return variable(name);
    }

    static String variable(String dottedName) {
        return PREFIX
                + dottedName
                        .replaceAll("([a-z0-9])([A-Z])", "$1_$2")
                        .replace('.', '_')
                        .toUpperCase(Locale.ROOT);
    }
}
