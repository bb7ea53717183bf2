// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.auth;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A key set that is read again from time to time, and when a token names a key that is not in it. A set that cannot be
 * read leaves the old one in force. Thread-safe.
 */
final class RotatingKeys {

    private static final Logger LOGGER = LoggerFactory.getLogger(RotatingKeys.class);

    /** Strangers can name unknown keys as often as they like; the source is asked no more often than this. */
    static final Duration MIN_PAUSE = Duration.ofSeconds(10);

    private final Vertx vertx;
    private final KeySource source;
    private final Clock clock;
    private final AtomicReference<Future<Void>> reading = new AtomicReference<>();
    private final long timer;
    private volatile KeySet keys;
    private volatile long readAt = Long.MIN_VALUE;

    RotatingKeys(Vertx vertx, KeySource source, Duration refresh, Clock clock) {
        this.vertx = vertx;
        this.source = source;
        this.clock = clock;
        this.timer = vertx.setPeriodic(refresh.toMillis(), id -> readNow());
    }

    /** The keys in force; null before the first could be read. */
    KeySet keys() {
        return keys;
    }

    /** Reads the source, or waits for the read that is under way. Fails when it cannot be read. */
    Future<Void> readNow() {
        Future<Void> running = reading.get();
        if (running != null) {
            return running;
        }
        readAt = clock.millis();
        Future<Void> started = source.read().<Void>map(json -> {
            keys = KeySet.parse(vertx, json);
            return null;
        });
        reading.set(started);
        return started.onComplete((read, failure) -> {
            reading.compareAndSet(started, null);
            if (failure != null) {
                LOGGER.atWarn()
                        .addKeyValue("cause", failure.getMessage())
                        .addKeyValue("keysInForce", keys != null)
                        .log("the key set could not be read");
            }
        });
    }

    /** {@link #readNow} unless that was done a moment ago; a failure leaves things as they are. */
    Future<Void> readIfRested() {
        Future<Void> running = reading.get();
        if (running == null && clock.millis() - readAt < MIN_PAUSE.toMillis()) {
            return Future.succeededFuture();
        }
        return readNow().otherwiseEmpty();
    }

    void close() {
        vertx.cancelTimer(timer);
    }
}
