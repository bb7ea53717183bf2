// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli.logging;

import java.util.Map;
import org.slf4j.event.Level;

/**
 * What goes to the log: the keys {@code logging.*}.
 *
 * @param level the least important level that is written: {@code error}, {@code warn}, {@code info}, {@code debug} or
 *     {@code trace}. Default {@code info}. Hazelcast and Netty write warnings and errors only, unless {@code levels} has
 *     them
 * @param levels another level for loggers by name, as {@code dev.sluice.gateway: debug}. Default none
 * @param format {@code json}, {@code text}, or {@code auto}: text on a terminal, JSON elsewhere; {@code SLUICE_LOG_FORMAT}
 *     is a shorter name of its variable. Default {@code auto}
 */
public record LoggingOptions(Level level, Map<String, Level> levels, LogFormat format) {

    /** Copies the map. */
    public LoggingOptions {
        levels = Map.copyOf(levels);
    }

    /** The same with the levels of others, which may change while the process runs. */
    public LoggingOptions withLevels(LoggingOptions other) {
        return new LoggingOptions(other.level, other.levels, format);
    }

    /** From {@code info} up, in the format that suits. */
    public static LoggingOptions defaults() {
        return new LoggingOptions(Level.INFO, Map.of(), LogFormat.AUTO);
    }
}
