// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sluice.cli.logging.LogFormat;
import dev.sluice.stream.config.ConfigException;
import dev.sluice.stream.config.ConfigKey;
import dev.sluice.stream.config.ConfigLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.event.Level;

class ConfigSourceTest {

    private final ConfigSource source = new ConfigSource();

    @TempDir
    Path directory;

    @Test
    void shouldBeTheDefaultsWhenNothingIsSaid() {
        assertThat(source.load(Map.of())).isEqualTo(SluiceConfig.defaults());
    }

    @Test
    void shouldReadTheFileThatTheVariableNames() throws IOException {
        Path file = Files.writeString(directory.resolve("sluice.yaml"), "node: blue\n");

        SluiceConfig config = source.load(Map.of("SLUICE_CONFIG", file.toString()));

        assertThat(config.nodeName()).isEqualTo("blue");
    }

    @Test
    void shouldKnowTheShortNameOfTheLogFormat() {
        assertThat(source.load(Map.of("SLUICE_LOG_FORMAT", "text")).logging().format())
                .isEqualTo(LogFormat.TEXT);
        assertThat(source.load(Map.of("SLUICE_LOG_FORMAT", "text", "SLUICE_LOGGING_FORMAT", "json"))
                        .logging()
                        .format())
                .isEqualTo(LogFormat.JSON);
    }

    @Test
    void shouldReadLevelsOfLoggers() {
        SluiceConfig config = source.load(Map.of("SLUICE_LOGGING_LEVELS", "dev.sluice=debug,com.hazelcast=INFO"));

        assertThat(config.logging().levels()).isEqualTo(Map.of("dev.sluice", Level.DEBUG, "com.hazelcast", Level.INFO));
    }

    @Test
    void shouldRefuseABlankName() {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> source.load(Map.of("SLUICE_NODE", " ")))
                .withMessage("node must not be blank (set by SLUICE_NODE)");
    }

    @Test
    void shouldNotShowTheNamesOfOrgsToEverybody() {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() ->
                        source.load(Map.of("SLUICE_METRICS_TOP_ORGS", "3", "SLUICE_GATEWAY_METRICS_ACCESS", "open")))
                .withMessageContaining("metrics.topOrgs must be 0 when gateway.metricsAccess is open")
                .withMessageContaining("(set by SLUICE_METRICS_TOP_ORGS)");
        assertThat(source.load(Map.of("SLUICE_METRICS_TOP_ORGS", "3", "SLUICE_GATEWAY_METRICS_ACCESS", "admin"))
                        .metrics()
                        .topOrgs())
                .isEqualTo(3);
    }

    @Test
    void shouldBeCalledLikeTheMachineUnlessNamed() {
        assertThat(SluiceConfig.defaults().nodeName()).isNotBlank();
        assertThat(source.load(Map.of("SLUICE_NODE", "n1")).nodeName()).isEqualTo("n1");
    }

    /** Each key can be set by its variable, to its default: so every key has a type that text can give. */
    @Test
    void shouldTakeEveryDefaultBackFromTheEnvironment() {
        for (ConfigKey key : ConfigLoader.keys(SluiceConfig.defaults())) {
            String text = Optional.ofNullable(key.defaultValue())
                    .map(value -> value.startsWith("[") ? value.replaceAll("[\\[\\]\"]", "") : value)
                    .map(value -> value.equals("{}") ? "" : value)
                    .orElse("");
            if (!key.secret()) {
                assertThat(source.load(Map.of(key.variable(), text)))
                        .as(key.name())
                        .isEqualTo(SluiceConfig.defaults());
            }
        }
    }
}
