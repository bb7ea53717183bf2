// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli.logging;

/** How a log line looks. */
public enum LogFormat {
    /** Text on a terminal, JSON anywhere else. */
    AUTO,
    /** One JSON object a line. */
    JSON,
    /** For people. */
    TEXT;

    /** JSON or TEXT. */
    LogFormat resolve() {
        if (this == AUTO) {
            return Terminal.isInteractive() ? TEXT : JSON;
        }
        return this;
    }
}
