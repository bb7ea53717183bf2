// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli.logging;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import dev.sluice.gateway.admin.AdminAction;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.function.Supplier;
import net.logstash.logback.encoder.LogstashEncoder;
import net.logstash.logback.fieldnames.LogstashCommonFieldNames;
import net.logstash.logback.fieldnames.LogstashFieldNames;
import net.logstash.logback.mask.MaskingJsonGeneratorDecorator;
import org.slf4j.LoggerFactory;

/** Sets up Logback. Called once when the configuration is known; until then only warnings are written. */
public final class Logging {

    /** Below these, every join, migration and connection would be a line; ours say what an operator needs to know. */
    private static final Map<String, Level> QUIET = Map.of(
            "com.hazelcast", Level.WARN,
            // At every start: that the CP subsystem, which we do not use, is off.
            "com.hazelcast.cp.CPSubsystem", Level.ERROR,
            // A line for each of 271 partitions when the last data member leaves; ClusterEvents tells it once.
            "com.hazelcast.internal.partition.impl.MigrationManager", Level.ERROR,
            "io.netty", Level.WARN);

    private static final String TEXT = "%d{HH:mm:ss.SSS} %-5level %logger{0} %msg %kvp{NONE}%n%ex";
    /** The blank before the line break is needed: Logback takes what follows a parenthesis at once for plain text. */
    private static final String COLOURED_TEXT =
            "%gray(%d{HH:mm:ss.SSS}) %highlight(%-5level) %cyan(%logger{0}) %msg %gray(%kvp{NONE}) %n%ex";

    private static final int QUEUE_SIZE = 8_192;

    private Logging() {}

    /**
     * Has everything from now on written as the options say, to standard output.
     *
     * @param nodeName goes into every JSON line as {@code node}
     * @return the format that was chosen: JSON or text
     */
    public static LogFormat configure(LoggingOptions options, String nodeName) {
        LoggerContext context = context();
        context.reset();
        setLevels(context, options);
        LogFormat format = options.format().resolve();
        // Of each its own: a queue that is stopped stops what it writes to.
        Supplier<Appender<ILoggingEvent>> console = () ->
                console(context, format == LogFormat.TEXT ? textEncoder(context) : jsonEncoder(context, nodeName));
        context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).addAppender(async(context, console.get()));
        context.getLogger(AdminAction.LOG).setAdditive(false);
        context.getLogger(AdminAction.LOG).addAppender(auditAsync(context, console.get()));
        return format;
    }

    /** From now on writes what the options' levels say, where and how it did before. */
    public static void changeLevels(LoggingOptions options) {
        LoggerContext context = context();
        context.getLoggerList().stream()
                .filter(logger -> !logger.getName().equals(org.slf4j.Logger.ROOT_LOGGER_NAME))
                .forEach(logger -> logger.setLevel(null)); // one that is no longer named has none of its own
        setLevels(context, options);
    }

    private static void setLevels(LoggerContext context, LoggingOptions options) {
        context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(level(options.level()));
        QUIET.forEach((name, level) -> context.getLogger(name).setLevel(level));
        context.getLogger(AdminAction.LOG).setLevel(Level.INFO);
        options.levels().forEach((name, level) -> context.getLogger(name).setLevel(level(level)));
    }

    /** Writes what is still queued and stops; what is logged later is lost. */
    public static void stop() {
        context().stop();
    }

    private static LoggerContext context() {
        return (LoggerContext) LoggerFactory.getILoggerFactory();
    }

    private static Level level(org.slf4j.event.Level level) {
        return Level.convertAnSLF4JLevel(level);
    }

    private static Encoder<ILoggingEvent> textEncoder(LoggerContext context) {
        LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
        encoder.setContext(context);
        encoder.setLayout(textLayout(context, Terminal.hasColours()));
        encoder.start();
        return encoder;
    }

    static RedactingLayout textLayout(LoggerContext context, boolean colours) {
        RedactingLayout layout = new RedactingLayout();
        layout.setContext(context);
        layout.setPattern(colours ? COLOURED_TEXT : TEXT);
        layout.start();
        return layout;
    }

    private static Encoder<ILoggingEvent> jsonEncoder(LoggerContext context, String nodeName) {
        LogstashFieldNames names = new LogstashFieldNames();
        names.setVersion(LogstashCommonFieldNames.IGNORE_FIELD_INDICATOR);
        names.setLevelValue(LogstashCommonFieldNames.IGNORE_FIELD_INDICATOR);
        LogstashEncoder encoder = new LogstashEncoder();
        encoder.setContext(context);
        encoder.setFieldNames(names);
        encoder.setIncludeContext(false);
        encoder.setCustomFields(new JsonObject().put("node", nodeName).encode());
        encoder.setJsonGeneratorDecorator(redaction());
        encoder.start();
        return encoder;
    }

    /** Every text in the line, wherever it stands. */
    private static MaskingJsonGeneratorDecorator redaction() {
        MaskingJsonGeneratorDecorator redaction = new MaskingJsonGeneratorDecorator();
        redaction.addValueMasker((path, value) -> {
            String clean = value instanceof String text ? Redaction.redact(text) : null;
            return value.equals(clean) ? null : clean; // null: leave it as it is
        });
        redaction.start();
        return redaction;
    }

    private static Appender<ILoggingEvent> console(LoggerContext context, Encoder<ILoggingEvent> encoder) {
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setEncoder(encoder);
        appender.start();
        return appender;
    }

    /** An event loop must not wait for whoever reads our output: when the queue is full, lines are dropped, the unimportant first. */
    private static Appender<ILoggingEvent> async(LoggerContext context, Appender<ILoggingEvent> appender) {
        AsyncAppender async = queue(context, appender);
        async.start();
        return async;
    }

    /** A queue of its own, in which no line is unimportant. */
    private static Appender<ILoggingEvent> auditAsync(LoggerContext context, Appender<ILoggingEvent> appender) {
        AsyncAppender async = queue(context, appender);
        async.setDiscardingThreshold(0);
        async.start();
        return async;
    }

    private static AsyncAppender queue(LoggerContext context, Appender<ILoggingEvent> appender) {
        AsyncAppender async = new AsyncAppender();
        async.setContext(context);
        async.setQueueSize(QUEUE_SIZE);
        async.setNeverBlock(true);
        async.addAppender(appender);
        return async;
    }
}
