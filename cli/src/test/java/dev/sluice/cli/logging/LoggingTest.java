// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.ContextInitializer;
import ch.qos.logback.core.joran.spi.JoranException;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;
import org.slf4j.event.Level;

class LoggingTest {

    private static final String TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJvcmciOiI0MiJ9.c2lnbmF0dXJl";

    private final PrintStream standardOut = System.out;
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final Logger logger = LoggerFactory.getLogger("dev.sluice.Sample");

    @BeforeEach
    void capture() {
        System.setOut(new PrintStream(written, true, StandardCharsets.UTF_8));
    }

    @AfterEach
    void restore() throws JoranException {
        System.setOut(standardOut);
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        new ContextInitializer(context).autoConfig();
        context.start();
    }

    @Test
    void shouldWriteJsonWithKeyValuesAndTheNode() {
        Logging.configure(new LoggingOptions(Level.INFO, Map.of(), LogFormat.JSON), "node \"1\"");

        logger.atInfo().addKeyValue("event", "ready").addKeyValue("port", 4000).log("ready");
        logger.debug("not asked for");
        Logging.stop();

        JsonObject line = new JsonObject(written.toString(StandardCharsets.UTF_8)); // one line only
        assertThat(line.getString("message")).isEqualTo("ready");
        assertThat(line.getString("level")).isEqualTo("INFO");
        assertThat(line.getString("logger_name")).isEqualTo("dev.sluice.Sample");
        assertThat(line.getString("event")).isEqualTo("ready");
        assertThat(line.getInteger("port")).isEqualTo(4000);
        assertThat(line.getString("node")).isEqualTo("node \"1\"");
        assertThat(line.getInstant("@timestamp")).isNotNull();
    }

    @Test
    void shouldHideTokensWhereverTheyStandInJson() {
        Logging.configure(new LoggingOptions(Level.INFO, Map.of(), LogFormat.JSON), "n");

        logger.atError()
                .addKeyValue("url", "/x?access_token=" + TOKEN)
                .setCause(new IllegalStateException("refused " + TOKEN))
                .log("Bearer " + TOKEN);
        Logging.stop();

        assertThat(written.toString(StandardCharsets.UTF_8))
                .doesNotContain(TOKEN)
                .contains("/x?access_token=(redacted)", "Bearer (redacted)", "refused (redacted)");
    }

    @Test
    void shouldHideTokensWhereverTheyStandInText() {
        Logging.configure(new LoggingOptions(Level.INFO, Map.of(), LogFormat.TEXT), "n");

        logger.atError()
                .addKeyValue("url", "/x?access_token=" + TOKEN)
                .setCause(new IllegalStateException("refused " + TOKEN))
                .log("Bearer " + TOKEN);
        Logging.stop();

        assertThat(written.toString(StandardCharsets.UTF_8))
                .doesNotContain(TOKEN)
                .contains("url=/x?access_token=(redacted)", "Bearer (redacted)", "refused (redacted)");
    }

    @Test
    void shouldWriteTextForPeople() {
        LogFormat format = Logging.configure(new LoggingOptions(Level.INFO, Map.of(), LogFormat.TEXT), "n");

        logger.atInfo().addKeyValue("port", 4000).log("ready");
        Logging.stop();

        assertThat(format).isEqualTo(LogFormat.TEXT);
        assertThat(written.toString(StandardCharsets.UTF_8))
                .matches("\\d\\d:\\d\\d:\\d\\d\\.\\d{3} INFO  Sample ready port=4000 *\\R");
    }

    @Test
    void shouldWriteTheSameInColours() {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        LoggingEvent event = new LoggingEvent();
        event.setLoggerName("dev.sluice.Sample");
        event.setLevel(ch.qos.logback.classic.Level.INFO);
        event.setMessage("ready");
        event.addKeyValuePair(new KeyValuePair("port", 4000));

        String line = Logging.textLayout(context, true).doLayout(event);

        assertThat(line).contains("\u001B[");
        assertThat(line.replaceAll("\u001B\\[[0-9;]*m", ""))
                .matches("\\d\\d:\\d\\d:\\d\\d\\.\\d{3} INFO  Sample ready port=4000 *\\R");
    }

    @Test
    void shouldWriteTheAuditLogOnceWhateverTheLevel() {
        Logging.configure(new LoggingOptions(Level.ERROR, Map.of("dev.sluice", Level.ERROR), LogFormat.TEXT), "n");

        LoggerFactory.getLogger("sluice.audit").info("somebody did something");
        Logging.stop();

        assertThat(written.toString(StandardCharsets.UTF_8))
                .containsOnlyOnce("somebody did something")
                .contains("INFO  audit");
    }

    @Test
    void shouldChangeLevelsAndNothingElse() {
        LoggingOptions before =
                new LoggingOptions(Level.INFO, Map.of("dev.sluice.Sample", Level.ERROR), LogFormat.TEXT);
        Logging.configure(before, "n");

        logger.info("not yet");
        Logging.changeLevels(new LoggingOptions(Level.DEBUG, Map.of("io.vertx", Level.ERROR), LogFormat.JSON));
        logger.debug("now");
        LoggerFactory.getLogger("io.vertx.X").warn("not that");
        LoggerFactory.getLogger("com.hazelcast.X").info("nor that");
        Logging.stop();

        assertThat(written.toString(StandardCharsets.UTF_8))
                .matches("\\d\\d:\\d\\d:\\d\\d\\.\\d{3} DEBUG Sample now *\\R");
    }

    @Test
    void shouldChooseJsonWhenNobodyIsWatching() {
        assertThat(Logging.configure(LoggingOptions.defaults(), "n"))
                .isEqualTo(Terminal.isInteractive() ? LogFormat.TEXT : LogFormat.JSON);
    }

    @Test
    void shouldKeepHazelcastQuietUnlessAskedOtherwise() {
        Logging.configure(LoggingOptions.defaults(), "n");
        assertThat(LoggerFactory.getLogger("com.hazelcast.core.X").isInfoEnabled())
                .isFalse();
        assertThat(LoggerFactory.getLogger("com.hazelcast.core.X").isWarnEnabled())
                .isTrue();
        assertThat(LoggerFactory.getLogger("dev.sluice.X").isDebugEnabled()).isFalse();

        Logging.configure(
                new LoggingOptions(
                        Level.WARN, Map.of("com.hazelcast", Level.INFO, "dev.sluice", Level.DEBUG), LogFormat.JSON),
                "n");
        assertThat(LoggerFactory.getLogger("com.hazelcast.core.X").isInfoEnabled())
                .isTrue();
        assertThat(LoggerFactory.getLogger("dev.sluice.X").isDebugEnabled()).isTrue();
        assertThat(LoggerFactory.getLogger("io.vertx.X").isInfoEnabled()).isFalse();
    }
}
