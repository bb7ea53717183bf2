// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sluice.stream.config.SampleConfig.Mode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigLoaderTest {

    private static final SampleConfig DEFAULTS = SampleConfig.defaults();

    @TempDir
    Path directory;

    @Test
    void shouldBeTheDefaultsWhenNothingIsSet() {
        assertThat(fromEnvironment(Map.of("PATH", "/bin", "HOME", "/root"))).isEqualTo(DEFAULTS);
        assertThat(fromYaml("")).isEqualTo(DEFAULTS);
        assertThat(fromYaml("# log:\n#   maxEvents: 5\n")).isEqualTo(DEFAULTS);
        assertThat(fromYaml("log:\ngateway:\n")).isEqualTo(DEFAULTS);
    }

    @Test
    void shouldPreferTheFileToTheDefaultsAndTheEnvironmentToTheFile() {
        Path file = yaml("log: {maxEvents: 7, fill: 0.5}");

        SampleConfig config = ConfigLoader.load(DEFAULTS, Optional.of(file), Map.of("SLUICE_LOG_MAX_EVENTS", "9"));

        assertThat(config.log().maxEvents()).isEqualTo(9);
        assertThat(config.log().fill()).isEqualTo(0.5);
        assertThat(config.log().retention()).isEqualTo(DEFAULTS.log().retention());
    }

    @Test
    void shouldReadEveryTypeWhenTheFileHasIt() {
        SampleConfig config = fromYaml(
                """
                log:
                  maxEvents: 12
                  maxShardBytes: 5000000000
                  retention: 90s
                  fill: 1
                gateway:
                  name: "01"
                  compress: false
                  batchWindow: PT0.02S
                  mode: io_uring
                  limits:
                    steps: [4, 5]
                    origins: [b, a]
                    levels: {io.vertx: DEBUG}
                auth:
                  secret: "correct horse"
                  jwks: https://issuer.example/jwks
                  file: /etc/jwks.json
                  skew: null
                tls:
                  certificate: /etc/tls.pem
                """);

        assertThat(config.log()).isEqualTo(new SampleConfig.Log(12, 5_000_000_000L, Duration.ofSeconds(90), 1.0));
        assertThat(config.gateway().name()).isEqualTo("01");
        assertThat(config.gateway().compress()).isFalse();
        assertThat(config.gateway().batchWindow()).isEqualTo(Duration.ofMillis(20));
        assertThat(config.gateway().mode()).isEqualTo(Mode.IO_URING);
        assertThat(config.gateway().limits().steps()).containsExactly(4, 5);
        assertThat(config.gateway().limits().origins()).containsExactly("b", "a");
        assertThat(config.gateway().limits().levels()).isEqualTo(Map.of("io.vertx", "DEBUG"));
        assertThat(config.auth().secret()).contains(new Secret("correct horse"));
        assertThat(config.auth().jwks()).contains(URI.create("https://issuer.example/jwks"));
        assertThat(config.auth().file()).contains(Path.of("/etc/jwks.json"));
        assertThat(config.auth().skew()).isEmpty();
        assertThat(config.tls()).contains(new SampleConfig.Tls(Path.of("/etc/tls.pem"), Optional.empty()));
    }

    @Test
    void shouldReadEveryTypeWhenTheEnvironmentHasIt() {
        SampleConfig config = fromEnvironment(Map.ofEntries(
                Map.entry("SLUICE_LOG_MAX_SHARD_BYTES", "5000000000"),
                Map.entry("SLUICE_LOG_FILL", "0.25"),
                Map.entry("SLUICE_GATEWAY_NAME", "42"),
                Map.entry("SLUICE_GATEWAY_COMPRESS", "false"),
                Map.entry("SLUICE_GATEWAY_BATCH_WINDOW", "20ms"),
                Map.entry("SLUICE_GATEWAY_MODE", "IO_URING"),
                Map.entry("SLUICE_GATEWAY_LIMITS_STEPS", "4, 5"),
                Map.entry("SLUICE_GATEWAY_LIMITS_ORIGINS", ""),
                Map.entry("SLUICE_GATEWAY_LIMITS_LEVELS", "io.vertx=DEBUG, dev.sluice = TRACE"),
                Map.entry("SLUICE_AUTH_SECRET", "a=b,c"),
                Map.entry("SLUICE_AUTH_SKEW", ""),
                Map.entry("SLUICE_TLS_PASSWORD", "p")));

        assertThat(config.log().maxShardBytes()).isEqualTo(5_000_000_000L);
        assertThat(config.log().fill()).isEqualTo(0.25);
        assertThat(config.gateway().name()).isEqualTo("42");
        assertThat(config.gateway().compress()).isFalse();
        assertThat(config.gateway().batchWindow()).isEqualTo(Duration.ofMillis(20));
        assertThat(config.gateway().mode()).isEqualTo(Mode.IO_URING);
        assertThat(config.gateway().limits().steps()).containsExactly(4, 5);
        assertThat(config.gateway().limits().origins()).isEmpty();
        assertThat(config.gateway().limits().levels()).isEqualTo(Map.of("io.vertx", "DEBUG", "dev.sluice", "TRACE"));
        assertThat(config.auth().secret()).contains(new Secret("a=b,c"));
        assertThat(config.auth().skew()).isEmpty();
        assertThat(config.tls()).contains(new SampleConfig.Tls(Path.of("tls.pem"), Optional.of(new Secret("p"))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
            log: {maxEvent: 5}              | unknown key 'log.maxEvent' in FILE; did you mean 'log.maxEvents'?
            log: {maxevents: 5}             | unknown key 'log.maxevents' in FILE; did you mean 'log.maxEvents'?
            log.maxEvents: 5                | unknown key 'log.maxEvents' in FILE; write it as nested keys, one a line, without dots
            log: {colour: red}              | unknown key 'log.colour' in FILE; known below 'log': maxEvents, maxShardBytes, retention, fill
            zzz: 5                          | unknown key 'zzz' in FILE; known at the top: log, gateway, auth, tls
            log: 5                          | log must be a mapping of keys to values, as 'maxEvents:' below it (set in FILE)
            [1, 2]                          | FILE must be a mapping of keys to values, as 'log:' with keys below it
            log: {maxEvents: many}          | log.maxEvents must be a whole number, is 'many' (set in FILE)
            log: {maxEvents: 1.5}           | log.maxEvents must be a whole number, is '1.5' (set in FILE)
            log: {maxEvents: 3000000000}    | log.maxEvents must be a whole number, is '3000000000' (set in FILE)
            log: {maxEvents: null}          | log.maxEvents must be a whole number, is 'null' (set in FILE)
            log: {maxEvents: [1]}           | log.maxEvents must be a whole number, is '[1]' (set in FILE)
            log: {maxEvents: 0}             | log.maxEvents must be 1 to 100000, is 0 (set in FILE)
            log: {retention: 300}           | log.retention must be a duration such as 250ms, 30s, 5m or 1d, is '300' (set in FILE)
            log: {retention: soon}          | log.retention must be a duration such as 250ms, 30s, 5m or 1d, is 'soon' (set in FILE)
            gateway: {compress: 1}          | gateway.compress must be true or false, is '1' (set in FILE)
            gateway: {name: 01}             | gateway.name must be a text (in quotes if it looks like a number), is '1' (set in FILE)
            gateway: {mode: epol}           | gateway.mode must be one of auto, io_uring, is 'epol' (set in FILE)
            gateway: {limits: {steps: 4}}   | gateway.limits.steps must be a list, each element a whole number, is '4' (set in FILE)
            gateway: {limits: {steps: [x]}} | gateway.limits.steps must be a list, each element a whole number, is '["x"]' (set in FILE)
            auth: {secret: 12345678}        | auth.secret must be a text in quotes (set in FILE)
            auth: {jwks: "http://u:p@ x"}   | auth.jwks must be a URI, is 'http://u:(redacted)@ x' (set in FILE)
            log: {fill: 1, fill: 2}         | FILE, line 1, column 20: not valid YAML: Duplicate field 'fill'
            """)
    void shouldSayWhatIsWrongInTheFile(String yaml, String message) {
        Path file = yaml(yaml);

        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> ConfigLoader.load(DEFAULTS, Optional.of(file), Map.of()))
                .withMessage(message.replace("FILE", file.toString()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
            SLUICE_LOG_MAX_EVENT         | 5    | unknown environment variable SLUICE_LOG_MAX_EVENT; did you mean SLUICE_LOG_MAX_EVENTS?
            SLUICE_COLOUR                | red  | unknown environment variable SLUICE_COLOUR; every variable is SLUICE_ and a key in upper case, as SLUICE_LOG_MAX_EVENTS
            SLUICE_LOG_MAX_EVENTS        | many | log.maxEvents must be a whole number, is 'many' (set by SLUICE_LOG_MAX_EVENTS)
            SLUICE_LOG_MAX_EVENTS        | ``   | log.maxEvents must be a whole number, is '' (set by SLUICE_LOG_MAX_EVENTS)
            SLUICE_LOG_MAX_EVENTS        | 0    | log.maxEvents must be 1 to 100000, is 0 (set by SLUICE_LOG_MAX_EVENTS)
            SLUICE_GATEWAY_COMPRESS      | yes  | gateway.compress must be true or false, is 'yes' (set by SLUICE_GATEWAY_COMPRESS)
            SLUICE_GATEWAY_LIMITS_STEPS  | 1,,2 | gateway.limits.steps must be a list, each element a whole number, is '["1","","2"]' (set by SLUICE_GATEWAY_LIMITS_STEPS)
            SLUICE_GATEWAY_LIMITS_LEVELS | WARN | gateway.limits.levels must be a mapping, each value a text (in quotes if it looks like a number), is 'WARN' (set by SLUICE_GATEWAY_LIMITS_LEVELS)
            SLUICE_AUTH_SECRET_FILE      | nope | SLUICE_AUTH_SECRET_FILE names the file 'nope', which cannot be read
            """)
    void shouldSayWhatIsWrongInTheEnvironment(String variable, String value, String message) {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> fromEnvironment(Map.of(variable, value)))
                .withMessage(message);
    }

    @Test
    void shouldNotShowTheFileWhenItIsNotYaml() {
        Path file = yaml("auth:\n  secret: \"hunter2\n");

        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> ConfigLoader.load(DEFAULTS, Optional.of(file), Map.of()))
                .withMessageStartingWith(file + ", line ")
                .withMessageNotContaining("hunter2");
    }

    @Test
    void shouldSaySoWhenThereIsNoFile() {
        Path file = directory.resolve("none.yaml");

        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> ConfigLoader.load(DEFAULTS, Optional.of(file), Map.of()))
                .withMessage("the configuration file " + file + " does not exist");
    }

    @Test
    void shouldReadASecretFromAFileWhenAVariableNamesOne() {
        Path file = write("secret", "s3cret\n");

        SampleConfig config = fromEnvironment(Map.of("SLUICE_AUTH_SECRET_FILE", file.toString()));

        assertThat(config.auth().secret()).contains(new Secret("s3cret"));
    }

    @Test
    void shouldRefuseASecretThatIsSetTwice() {
        Path file = write("secret", "s3cret\n");

        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> fromEnvironment(
                        Map.of("SLUICE_AUTH_SECRET", "other", "SLUICE_AUTH_SECRET_FILE", file.toString())))
                .withMessage("SLUICE_AUTH_SECRET and SLUICE_AUTH_SECRET_FILE are both set; keep one of them");
    }

    @Test
    void shouldIgnoreVariablesThatKubernetesMakesUp() {
        Map<String, String> links = Map.of(
                "SLUICE_SERVICE_HOST", "10.0.0.1",
                "SLUICE_SERVICE_PORT", "4000",
                "SLUICE_SERVICE_PORT_HTTP", "4000",
                "SLUICE_PORT", "tcp://10.0.0.1:4000",
                "SLUICE_PORT_4000_TCP", "tcp://10.0.0.1:4000",
                "SLUICE_PORT_4000_TCP_ADDR", "10.0.0.1",
                "SLUICE_GATEWAY_SERVICE_HOST", "10.0.0.2",
                "SLUICE_GATEWAY_PORT", "tcp://10.0.0.2:4000");

        assertThat(fromEnvironment(links)).isEqualTo(DEFAULTS);
    }

    @Test
    void shouldIgnoreTheVariablesOfTheLauncher() {
        assertThat(fromEnvironment(
                        Map.of("SLUICE_CONFIG", "a.yaml", "SLUICE_HOME", "/opt", "SLUICE_JAVA_OPTS", "-Xmx1g")))
                .isEqualTo(DEFAULTS);
    }

    @Test
    void shouldPrintWhatItCanReadAgain() {
        SampleConfig config = fromYaml(
                """
                log: {maxEvents: 12, retention: 90s}
                gateway: {name: "007", mode: io_uring, limits: {steps: [], levels: {a.b: "no"}}}
                auth: {skew: null, file: "/a path/x: y"}
                tls: {certificate: "null"}
                """);

        assertThat(fromYaml(ConfigLoader.print(config))).isEqualTo(config);
        assertThat(fromYaml(ConfigLoader.print(DEFAULTS))).isEqualTo(DEFAULTS);
    }

    @Test
    void shouldHideSecretsWhenPrinting() {
        String printed = ConfigLoader.print(
                fromYaml(
                        """
                auth: {secret: hunter2, jwks: "https://user:hunter2@issuer.example/jwks"}
                tls: {password: hunter2}
                """));

        assertThat(printed)
                .doesNotContain("hunter2")
                .contains("secret: (redacted)")
                .contains("password: (redacted)")
                .contains("https://user:(redacted)@issuer.example/jwks");
    }

    @Test
    void shouldTellWhatIsNotTheDefault() {
        SampleConfig config = fromYaml("{log: {maxEvents: 12, fill: 0.75}, auth: {secret: hunter2, skew: null}}");

        Map<String, String> expected = new HashMap<>();
        expected.put("log.maxEvents", "12");
        expected.put("auth.secret", "(redacted)");
        expected.put("auth.skew", null);
        assertThat(ConfigLoader.differences(config, DEFAULTS)).isEqualTo(expected);
        assertThat(ConfigLoader.differences(DEFAULTS, DEFAULTS)).isEmpty();
    }

    @Test
    void shouldListEveryKeyWithVariableTypeAndDefault() {
        List<ConfigKey> keys = ConfigLoader.keys(DEFAULTS);

        assertThat(keys)
                .contains(
                        new ConfigKey("log.maxEvents", "a whole number", "1000", false),
                        new ConfigKey("log.retention", "a duration such as 250ms, 30s, 5m or 1d", "5m", false),
                        new ConfigKey("gateway.limits.steps", "a list, each element a whole number", "[1,2]", false),
                        new ConfigKey("auth.secret", "a text in quotes", null, true),
                        new ConfigKey("tls.certificate", "a path", null, false))
                .hasSize(17);
        assertThat(keys).extracting(ConfigKey::variable).contains("SLUICE_LOG_MAX_SHARD_BYTES", "SLUICE_TLS_PASSWORD");
    }

    @Test
    void shouldRefuseARecordWithATypeThatNoKeyCanHave() {
        record Odd(Thread thread) {}

        assertThatIllegalArgumentException()
                .isThrownBy(() -> ConfigLoader.keys(new Odd(Thread.currentThread())))
                .withMessageContaining("thread");
    }

    @Test
    void shouldRefuseRecordsWhoseKeysShareAVariable() {
        record Inner(String window) {}
        record Clash(String batchWindow, Inner batch) {}

        assertThatIllegalArgumentException()
                .isThrownBy(() -> ConfigLoader.load(new Clash("", new Inner("")), Optional.empty(), Map.of()))
                .withMessage("SLUICE_BATCH_WINDOW would set both batchWindow and batch.window");
    }

    private SampleConfig fromYaml(String yaml) {
        return ConfigLoader.load(DEFAULTS, Optional.of(yaml(yaml)), Map.of());
    }

    private static SampleConfig fromEnvironment(Map<String, String> environment) {
        return ConfigLoader.load(DEFAULTS, Optional.empty(), environment);
    }

    private Path yaml(String yaml) {
        return write("sluice.yaml", yaml);
    }

    private Path write(String name, String text) {
        try {
            return Files.writeString(directory.resolve(name), text);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
