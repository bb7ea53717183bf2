// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli;

import com.hazelcast.core.HazelcastException;
import dev.sluice.cli.logging.LogFormat;
import dev.sluice.cli.logging.Logging;
import dev.sluice.stream.config.ConfigException;
import dev.sluice.stream.config.ConfigLoader;
import java.io.IOException;
import java.net.BindException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import picocli.CommandLine.ExitCode;

/** Runs a {@link Node} as this process, from the start to the signal that ends it. */
final class NodeProcess {

    private static final Logger LOGGER = LoggerFactory.getLogger(NodeProcess.class);

    /** What a stop may take beside what is configured: the closing of Vert.x, and machines that are busy. */
    private static final Duration STOP_ALLOWANCE = Duration.ofSeconds(30);

    private final SluiceConfig config;
    private final NodeRole role;
    private final Node node;
    private Optional<ConfigWatch> watch = Optional.empty();

    NodeProcess(SluiceConfig config, NodeRole role) {
        this.config = config;
        this.role = role;
        this.node = new Node(config, role);
    }

    /** Takes over changes of the configuration file, if there is one, while it runs. */
    NodeProcess reloadingFrom(ConfigSource source) {
        ConfigReload reload = new ConfigReload(config, source::loadWithKeys, this::change);
        watch = source.file(System.getenv()).map(file -> new ConfigWatch(file, reload::reload));
        return this;
    }

    private void change(SluiceConfig next) {
        Logging.changeLevels(next.logging());
        node.change(next);
    }

    /**
     * Starts, calls back once it is ready, and blocks until the process is of no use any more; a signal ends it earlier.
     *
     * @param onReady gets the port
     * @return the exit code for a node that was lost, or that was stopped before it was ready
     * @throws ConfigException if the configuration turns out not to work here
     * @throws CommandFailure if it cannot be started
     */
    int run(IntConsumer onReady) {
        LogFormat format = Logging.configure(config.logging(), config.nodeName());
        Runtime.getRuntime().addShutdownHook(new Thread(this::end, "sluice-shutdown"));
        StopSignals.handle(this::stopAndExit, node::hurry);
        announce(format);
        if (!start()) {
            return ExitCode.OK; // the exit waits for the rest of the stop
        }
        watch.ifPresent(ConfigWatch::start);
        onReady.accept(node.port());
        awaitLoss();
        LOGGER.atError().log("lost the cluster for good; ending, to be started again");
        return ExitCode.SOFTWARE;
    }

    private void announce(LogFormat format) {
        LOGGER.atInfo()
                .addKeyValue("release", Version.release())
                .addKeyValue("role", role)
                .addKeyValue("changed", ConfigLoader.differences(config, SluiceConfig.defaults()))
                .log("starting");
        // As one field it serves whoever looks into a log store; on a terminal its hundred lines would hide the rest.
        LOGGER.atLevel(format == LogFormat.JSON ? Level.INFO : Level.DEBUG)
                .addKeyValue("config", ConfigLoader.print(config))
                .log("effective configuration");
    }

    /** Whether it has started; false when it was asked to stop before. */
    private boolean start() {
        try {
            node.start().await();
            return true;
        } catch (Exception failure) { // await throws what the future failed with, declared or not
            if (node.isStopping()) {
                LOGGER.atInfo().log("stopped before it was ready");
                return false;
            }
            throw explained(failure);
        }
    }

    /** A sentence for what goes wrong in practice; the rest keeps its stack trace. */
    private RuntimeException explained(Exception failure) {
        if (failure instanceof ConfigException wrong) {
            return wrong;
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (isBindFailure(cause)) {
                return new CommandFailure(
                        role.isLite()
                                ? cannotListen(
                                        config.publisher().http().host(),
                                        config.publisher().http().port(),
                                        "publisher.http.port or SLUICE_PUBLISHER_HTTP_PORT",
                                        cause)
                                : cannotListen(
                                        config.gateway().host(),
                                        config.gateway().port(),
                                        "gateway.port or SLUICE_GATEWAY_PORT",
                                        cause));
            }
        }
        if (failure instanceof HazelcastException || failure instanceof IllegalStateException) {
            return new CommandFailure("cannot start: " + failure.getMessage());
        }
        return new IllegalStateException("cannot start", failure);
    }

    private static String cannotListen(String host, int port, String setting, Throwable cause) {
        return "cannot listen on " + host + ":" + port + " (" + cause.getMessage() + "); set another port with "
                + setting;
    }

    private static boolean isBindFailure(Throwable cause) {
        return cause instanceof BindException
                // the native transports have an exception of their own
                || (cause instanceof IOException
                        && String.valueOf(cause.getMessage()).startsWith("bind("));
    }

    private void awaitLoss() {
        CountDownLatch latch = new CountDownLatch(1);
        node.lost().onComplete(result -> latch.countDown());
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The first signal: stops in order and ends the process, with 0 if all went as it should. */
    private void stopAndExit() {
        System.exit(stop() ? ExitCode.OK : ExitCode.SOFTWARE);
    }

    /** However the process ends, unless it is killed. */
    private void end() {
        stop();
        Logging.stop();
    }

    private boolean stop() {
        Duration limit = stopLimit();
        try {
            node.stop().await(limit.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            LOGGER.atWarn().addKeyValue("seconds", limit.toSeconds()).log("did not stop in time");
            return false;
        }
    }

    /** What the drain, the publisher and the hand-over of data may take together; then the process ends anyway. */
    private Duration stopLimit() {
        return config.gateway()
                .drainWindow()
                .plus(config.gateway().session().closeTimeout())
                .plus(config.publisher().closeTimeout())
                .plus(config.cluster().leaveTimeout())
                .plus(STOP_ALLOWANCE);
    }
}
