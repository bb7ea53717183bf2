// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.sluice.stream.config.ConfigLoader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ConfigReloadTest {

    /** Another value than the default for every live key. */
    private static final Map<String, String> LIVE = Map.ofEntries(
            Map.entry("SLUICE_GATEWAY_FLAGS_REALTIME", "false"),
            Map.entry("SLUICE_GATEWAY_FLAGS_ROLLOUT_PERCENT", "7"),
            Map.entry("SLUICE_GATEWAY_FLAGS_TRANSPORTS", "poll"),
            Map.entry("SLUICE_GATEWAY_ADMISSION_CONNECTS_PER_SECOND", "7"),
            Map.entry("SLUICE_GATEWAY_ADMISSION_CONNECT_BURST", "8"),
            Map.entry("SLUICE_GATEWAY_ADMISSION_MAX_UNAUTHENTICATED", "9"),
            Map.entry("SLUICE_GATEWAY_SESSION_MAX_LAG", "10"),
            Map.entry("SLUICE_GATEWAY_SESSION_SLOW_SAMPLES", "11"),
            Map.entry("SLUICE_GATEWAY_SESSION_MAX_SUBSCRIPTIONS", "12"),
            Map.entry("SLUICE_GATEWAY_SESSION_MESSAGES_PER_SECOND", "13"),
            Map.entry("SLUICE_GATEWAY_SESSION_MESSAGE_BURST", "14"),
            Map.entry("SLUICE_GATEWAY_SESSION_MAX_CONNECTIONS_PER_USER", "15"),
            Map.entry("SLUICE_GATEWAY_SESSION_MAX_POLLS_PER_USER", "16"),
            Map.entry("SLUICE_GATEWAY_SESSION_MAX_CONNECTIONS_PER_ORG", "17"),
            Map.entry("SLUICE_GATEWAY_SESSION_MAX_CONNECTIONS_PER_ADDRESS", "18"),
            Map.entry("SLUICE_GATEWAY_SESSION_MAX_SESSIONS", "19"),
            Map.entry("SLUICE_LOGGING_LEVEL", "debug"),
            Map.entry("SLUICE_LOGGING_LEVELS", "dev.sluice=trace"));

    private final Map<String, String> environment = new HashMap<>();
    private final List<SluiceConfig> applied = new ArrayList<>();
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final ConfigReload reload =
            new ConfigReload(SluiceConfig.defaults(), () -> new ConfigSource().load(environment), applied::add);

    private Logger logger() {
        return (Logger) LoggerFactory.getLogger(ConfigReload.class);
    }

    @BeforeEach
    void listen() {
        lines.start();
        logger().setLevel(Level.INFO);
        logger().addAppender(lines);
    }

    @AfterEach
    void stopListening() {
        logger().detachAppender(lines);
        logger().setLevel(null);
    }

    private String log() {
        return lines.list.stream()
                .map(line -> line.getLevel() + " " + line.getFormattedMessage() + " " + line.getKeyValuePairs())
                .reduce("", (all, line) -> all + line + "\n");
    }

    @Test
    void shouldTakeOverEveryLiveKeyAndNoOther() {
        environment.putAll(LIVE);
        environment.put("SLUICE_GATEWAY_PORT", "4001");
        environment.put("SLUICE_GATEWAY_SESSION_HEARTBEAT", "7s");
        environment.put("SLUICE_GATEWAY_ADMISSION_HEAD_TIMEOUT", "7s");
        environment.put("SLUICE_LOGGING_FORMAT", "text");
        environment.put("SLUICE_NODE", "other");

        reload.reload();

        assertThat(applied).hasSize(1);
        assertThat(ConfigLoader.differences(applied.get(0), SluiceConfig.defaults()))
                .containsOnlyKeys(ConfigReload.LIVE_KEYS);
        assertThat(LIVE).hasSameSizeAs(ConfigReload.LIVE_KEYS);
        assertThat(applied.get(0).withLive(new ConfigSource().load(environment)))
                .as("all have the values of the file")
                .isEqualTo(applied.get(0));
        assertThat(log())
                .contains("INFO changes of the configuration are in force", "gateway.session.maxLag=10")
                .contains("WARN changed keys need a restart", "[gateway.admission.headTimeout, gateway.port,")
                .contains("gateway.session.heartbeat, logging.format, node]");
    }

    @Test
    void shouldRefuseAWrongConfigurationAsAWholeAndGoOn() {
        environment.put("SLUICE_GATEWAY_SESSION_MAX_LAG", "10");
        environment.put("SLUICE_GATEWAY_SESSION_MAX_LAGS", "10");
        reload.reload();
        environment.remove("SLUICE_GATEWAY_SESSION_MAX_LAGS");
        environment.put("SLUICE_GATEWAY_SESSION_SLOW_SAMPLES", "0");
        reload.reload();
        assertThat(applied).isEmpty();
        assertThat(log())
                .contains("ERROR the changed configuration is refused; the one before stays")
                .contains("SLUICE_GATEWAY_SESSION_MAX_LAG")
                .contains("gateway.session.slowSamples must be 1 to 3600");
        environment.remove("SLUICE_GATEWAY_SESSION_SLOW_SAMPLES");
        reload.reload();
        assertThat(applied).hasSize(1);
        assertThat(applied.get(0).gateway().session().maxLag()).isEqualTo(10);
    }

    @Test
    void shouldSayNothingWhenNothingChanged() {
        reload.reload();
        environment.put("SLUICE_GATEWAY_SESSION_MAX_LAG", "10");
        reload.reload();
        lines.list.clear();
        reload.reload();
        assertThat(log()).isEmpty();
        assertThat(applied).hasSize(1);
    }

    @Test
    void shouldGoBackWhenAKeyIsTakenOut() {
        environment.put("SLUICE_GATEWAY_SESSION_MAX_LAG", "10");
        reload.reload();
        environment.clear();
        reload.reload();
        assertThat(applied.get(1)).isEqualTo(SluiceConfig.defaults());
    }
}
