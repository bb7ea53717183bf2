// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli;

import dev.sluice.stream.config.ConfigException;
import dev.sluice.stream.config.ConfigLoader;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The option of every verb that needs the configuration, and how it is read. */
final class ConfigSource {

    private static final String SHORT_FORMAT_VARIABLE = "SLUICE_LOG_FORMAT";
    private static final String FORMAT_VARIABLE = "SLUICE_LOGGING_FORMAT";

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "YAML file with the configuration; SLUICE_CONFIG names one, too. Variables win over it.")
    private Path file;

    /** The configuration of the file and the environment. */
    SluiceConfig load() {
        return load(System.getenv());
    }

    /**
     * The same, for a process that verifies tokens.
     *
     * @throws ConfigException also if there is not exactly one source of keys, or the secret is the one of the demo
     */
    SluiceConfig loadWithKeys() {
        SluiceConfig config = load();
        try {
            config.auth().requireKeys();
        } catch (IllegalArgumentException e) {
            throw new ConfigException(e.getMessage());
        }
        return config;
    }

    SluiceConfig load(Map<String, String> environment) {
        Map<String, String> variables = new HashMap<>(environment);
        String shortName = variables.remove(SHORT_FORMAT_VARIABLE);
        if (shortName != null) {
            variables.putIfAbsent(FORMAT_VARIABLE, shortName);
        }
        return ConfigLoader.load(SluiceConfig.defaults(), file(environment), variables);
    }

    /** The file, if one is named. */
    Optional<Path> file(Map<String, String> environment) {
        return Optional.ofNullable(file).or(() -> Optional.ofNullable(environment.get("SLUICE_CONFIG"))
                .filter(name -> !name.isEmpty())
                .map(Path::of));
    }
}
