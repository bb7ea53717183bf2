// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli;

import dev.sluice.stream.config.ConfigException;
import dev.sluice.stream.config.ConfigLoader;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes over what of a changed configuration may change while the process runs, says what of it needs a restart, and refuses a configuration that is
 * wrong as a whole. Confined to one thread.
 */
final class ConfigReload {

    /** The keys that may change while the process runs. docs/configuration.md marks them. */
    static final Set<String> LIVE_KEYS = Set.of(
            "gateway.flags.realtime",
            "gateway.flags.rolloutPercent",
            "gateway.flags.transports",
            "gateway.admission.connectsPerSecond",
            "gateway.admission.connectBurst",
            "gateway.admission.maxUnauthenticated",
            "gateway.session.maxLag",
            "gateway.session.slowSamples",
            "gateway.session.maxSubscriptions",
            "gateway.session.messagesPerSecond",
            "gateway.session.messageBurst",
            "gateway.session.maxConnectionsPerUser",
            "gateway.session.maxPollsPerUser",
            "gateway.session.maxConnectionsPerOrg",
            "gateway.session.maxConnectionsPerAddress",
            "gateway.session.maxSessions",
            "logging.level",
            "logging.levels");

    private static final Logger LOGGER = LoggerFactory.getLogger(ConfigReload.class);

    private final Supplier<SluiceConfig> source;
    private final Consumer<SluiceConfig> apply;
    private SluiceConfig running;

    /**
     * A reload of what runs.
     *
     * @param source reads the configuration; fails with {@link ConfigException} when it is wrong
     * @param apply puts into force what may change; the rest is as it was
     */
    ConfigReload(SluiceConfig running, Supplier<SluiceConfig> source, Consumer<SluiceConfig> apply) {
        this.running = running;
        this.source = source;
        this.apply = apply;
    }

    /** Reads the configuration again; one that is refused changes nothing. */
    void reload() {
        SluiceConfig next;
        try {
            next = source.get();
        } catch (ConfigException e) {
            LOGGER.atError()
                    .addKeyValue("reason", e.getMessage())
                    .log("the changed configuration is refused; the one before stays");
            return;
        }
        SluiceConfig merged = running.withLive(next);
        Map<String, String> changed = new TreeMap<>(ConfigLoader.differences(merged, running));
        Set<String> pending =
                new TreeSet<>(ConfigLoader.differences(next, merged).keySet());
        if (!changed.isEmpty()) {
            apply.accept(merged);
            running = merged;
            LOGGER.atInfo().addKeyValue("changed", changed).log("changes of the configuration are in force");
        }
        if (!pending.isEmpty()) {
            LOGGER.atWarn().addKeyValue("keys", pending).log("changed keys need a restart");
        }
    }
}
