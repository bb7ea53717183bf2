// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.config;

/**
 * A configured value that is never printed.
 *
 * @param value the secret itself; hand it to what needs it and to nothing else
 */
public record Secret(String value) {

    /** What stands for a secret wherever one would be printed. */
    public static final String REDACTED = "(redacted)";

    @Override
    public String toString() {
        return REDACTED;
    }
}
