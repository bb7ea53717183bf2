// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway;

import dev.sluice.gateway.ops.GatewayMetrics;
import dev.sluice.gateway.session.Departure;
import dev.sluice.gateway.session.GoAwayReason;
import dev.sluice.gateway.session.SessionRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends the sessions of this node away, and waits for them and for the last requests; at most one way of going counts at a time. Any thread. */
final class Departures {

    private static final Logger LOGGER = LoggerFactory.getLogger(Departures.class);
    private static final long POLL_MS = 50;

    private final Vertx vertx;
    private final SessionRegistry sessions;
    private final OpenRequests requests;
    private final GatewayMetrics metrics;
    private final Duration closeTimeout;
    private final AtomicReference<Departure> departing = new AtomicReference<>();
    private volatile boolean hurried;

    /**
     * Nobody is sent away yet.
     *
     * @param closeTimeout what a session is given to close beyond the window
     */
    Departures(
            Vertx vertx,
            SessionRegistry sessions,
            OpenRequests requests,
            GatewayMetrics metrics,
            Duration closeTimeout) {
        this.vertx = vertx;
        this.sessions = sessions;
        this.requests = requests;
        this.metrics = metrics;
        this.closeTimeout = closeTimeout;
    }

    /** Those of a drain, which waits for the requests under way, too; see {@link Gateway#drain}. */
    Future<Void> drain(Duration window) {
        long end = Gateway.now() + window.plus(closeTimeout).toMillis();
        return goAway(GoAwayReason.DRAIN, hurried ? Duration.ZERO : window).compose(gone -> finishRequests(end));
    }

    private Future<Void> finishRequests(long end) {
        Promise<Void> finished = Promise.promise();
        // Not sooner: a timer that fires before setPeriodic has returned cannot be cancelled (NullPointerException in
        // Vert.x 5.0.10).
        vertx.setPeriodic(POLL_MS, timer -> {
            if (requests.isEmpty() || hurried || Gateway.now() > end) {
                finished.tryComplete();
                vertx.cancelTimer(timer);
            }
        });
        return finished.future();
    }

    /** See {@link Gateway#goAway}. */
    Future<Void> goAway(GoAwayReason reason, Duration window) {
        Departure departure =
                new Departure(reason, window, Gateway.now(), sessions, metrics, RandomGenerator.getDefault());
        departing.set(departure);
        LOGGER.atInfo()
                .addKeyValue("reason", reason.wire())
                .addKeyValue("sessions", departure.advance(Gateway.now()))
                .addKeyValue("windowMs", window.toMillis())
                .log("sending sessions away");
        Promise<Void> gone = Promise.promise();
        vertx.setPeriodic(POLL_MS, timer -> {
            boolean ours = departing.get() == departure;
            if (!ours || departure.advance(Gateway.now()) == 0 || departure.isOver(Gateway.now(), closeTimeout)) {
                departing.compareAndSet(departure, null);
                gone.tryComplete();
                vertx.cancelTimer(timer);
            }
        });
        return gone.future();
    }

    /** See {@link Gateway#hurry}. */
    void hurry() {
        hurried = true;
        Departure departure = departing.get();
        if (departure != null) {
            departure.hurry();
        }
    }
}
