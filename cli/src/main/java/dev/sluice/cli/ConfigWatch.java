// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the configuration file now and then, and tells when it says something else. Looking works where notifications do not: network file systems,
 * and the links that Kubernetes swaps when a ConfigMap changes. A file that is just being written is waited for: it must be the same twice.
 * Confined to its thread.
 */
final class ConfigWatch {

    private static final Logger LOGGER = LoggerFactory.getLogger(ConfigWatch.class);
    private static final long LOOK_SECONDS = 2;
    private static final byte[] NOTHING = {};

    private final Path file;
    private final Runnable changed;
    /** What was told of last; nothing at first, so that a change since the start is not missed. */
    private byte[] told = NOTHING;

    private byte[] seen = NOTHING;

    ConfigWatch(Path file, Runnable changed) {
        this.file = file;
        this.changed = changed;
    }

    /** Looks every {@value #LOOK_SECONDS} seconds, on a thread that does not keep the process alive. */
    void start() {
        ScheduledExecutorService looking = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "sluice-config");
            thread.setDaemon(true);
            return thread;
        });
        var unused = looking.scheduleWithFixedDelay(this::lookSafely, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
    }

    /** One look that failed would be the last. */
    private void lookSafely() {
        try {
            look();
        } catch (RuntimeException e) {
            LOGGER.atError().setCause(e).log("the changed configuration could not be taken over");
        }
    }

    void look() {
        byte[] now = read();
        boolean settled = Arrays.equals(now, seen);
        seen = now;
        if (settled && !Arrays.equals(now, told)) {
            told = now;
            changed.run();
        }
    }

    /** Nothing when it cannot be read: whoever is told reads it, too, and says why not. */
    private byte[] read() {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            return NOTHING;
        }
    }
}
