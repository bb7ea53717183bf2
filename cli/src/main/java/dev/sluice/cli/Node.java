// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli;

import dev.sluice.stream.cluster.ClusterJoin;
import dev.sluice.stream.cluster.ClusterNode;
import dev.sluice.stream.log.HazelcastStreamLog;
import dev.sluice.stream.log.LogSweeper;
import dev.sluice.stream.log.LogUnavailableException;
import dev.sluice.stream.log.StreamLog;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.ext.web.Router;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One process of Sluice, put together: joins the cluster, opens the log, starts what its role asks for, listens. Whatever is
 * started says at once how it is stopped, so {@link #stop()} takes down any half of it in the opposite order.
 *
 * <p>{@code start} and {@code stop} may be called from any thread; the steps run on one context of Vert.x.
 */
final class Node {

    private static final Logger LOGGER = LoggerFactory.getLogger(Node.class);

    private static final long LOG_RETRY_MILLIS = 250;

    private final SluiceConfig config;
    private final NodeRole role;
    private final Promise<Void> started = Promise.promise();
    private final Promise<Void> lost = Promise.promise();
    private final Promise<Void> closed = Promise.promise();
    private final AtomicBoolean closing = new AtomicBoolean();
    private volatile boolean stopping;
    private volatile int port;
    private boolean waiting; // the context of the start

    // what is started, the latest first; guarded by itself, for stop may come from a shutdown hook
    private final Deque<Supplier<Future<Void>>> closers = new ArrayDeque<>();

    Node(SluiceConfig config, NodeRole role) {
        this.config = config;
        this.role = role;
    }

    /**
     * Starts; to be called once. Waits for the cluster as long as it takes: a node without quorum is no failure.
     *
     * @return completes when it listens and its log is open; fails, with all of it taken down again, if it cannot be started
     */
    Future<Void> start() {
        ClusterJoin join = new ClusterJoin(config.cluster(), config.runtime());
        if (role.isLite()) {
            join.asLiteMember();
        }
        join.join().compose(this::startServices).onComplete(started);
        Promise<Void> result = Promise.promise();
        started.future().onSuccess(result::complete).onFailure(failure -> closeAll()
                .onComplete(closed -> result.fail(failure)));
        return result.future();
    }

    private Future<Void> startServices(ClusterNode cluster) {
        closeWith(cluster::leave);
        cluster.lost().onSuccess(nothing -> lost.tryComplete());
        Context context = cluster.vertx().getOrCreateContext();
        Promise<Void> done = Promise.promise();
        context.runOnContext(nothing -> openLog(cluster)
                .compose(log -> startPublisher(cluster, log).compose(routes -> startGateway(cluster, log, routes)))
                .onSuccess(this::announce)
                .<Void>mapEmpty()
                .onComplete(done));
        return done.future();
    }

    /** The log, with the sweep of what it holds here; asks again until the cluster answers, which may need other nodes. */
    private Future<StreamLog> openLog(ClusterNode cluster) {
        return HazelcastStreamLog.open(cluster.vertx(), cluster.hazelcast(), config.log())
                .onSuccess(log -> {
                    LogSweeper sweeper =
                            new LogSweeper(cluster.vertx(), cluster.hazelcast(), config.log(), Clock.systemUTC());
                    sweeper.start();
                    closeWith(sweeper::close);
                })
                .recover(failure -> failure instanceof LogUnavailableException && !stopping
                        ? openLogLater(cluster)
                        : Future.failedFuture(failure));
    }

    private Future<StreamLog> openLogLater(ClusterNode cluster) {
        if (!waiting) {
            waiting = true;
            LOGGER.atInfo()
                    .addKeyValue("members", cluster.memberCount())
                    .addKeyValue("quorum", config.cluster().quorum())
                    .log("waiting for other nodes");
        }
        return cluster.vertx().timer(LOG_RETRY_MILLIS, TimeUnit.MILLISECONDS).compose(fired -> openLog(cluster));
    }

    /** What takes publishes; answers with the routes that it adds to the HTTP port. */
    @SuppressWarnings("UnusedVariable") // both are what the publisher is made of
    private Future<List<Consumer<Router>>> startPublisher(ClusterNode cluster, StreamLog log) {
        return Future.succeededFuture(List.of());
    }

    /** What listens; answers with the port. */
    @SuppressWarnings("UnusedVariable") // the log is what the gateway reads
    private Future<Integer> startGateway(ClusterNode cluster, StreamLog log, List<Consumer<Router>> publisherRoutes) {
        List<Consumer<Router>> routes = new ArrayList<>(publisherRoutes);
        routes.add(new HealthRoutes(() -> notReady(cluster))::mount);
        return HttpDoor.open(
                        cluster.vertx(),
                        config.gateway().host(),
                        config.gateway().port(),
                        routes)
                .onSuccess(door -> closeWith(door::close))
                .map(HttpDoor::port);
    }

    private Optional<String> notReady(ClusterNode cluster) {
        if (stopping) {
            return Optional.of("stopping");
        }
        return cluster.hasQuorum() ? Optional.empty() : Optional.of("no quorum");
    }

    private void announce(int listeningPort) {
        port = listeningPort;
        // Read by the testkit and by whoever supervises the process; a part of the interface.
        LOGGER.atInfo()
                .addKeyValue("event", "ready")
                .addKeyValue("port", listeningPort)
                .addKeyValue("role", role)
                .log("ready");
    }

    /** Where it listens; 0 until it does. */
    int port() {
        return port;
    }

    /** Completes if the process was thrown out of the cluster and is of no use any more. */
    Future<Void> lost() {
        return lost.future();
    }

    /** Whether it has been asked to stop. */
    boolean isStopping() {
        return stopping;
    }

    /** Stops what has been started, the latest first; waits for a start under way to end first. Never fails. */
    Future<Void> stop() {
        stopping = true;
        started.future().onComplete(result -> closeAll());
        return closed.future();
    }

    private void closeWith(Supplier<Future<Void>> closer) {
        synchronized (closers) {
            closers.push(closer);
        }
    }

    /** Once, after the start has ended one way or the other; a second call gets the same future. */
    private Future<Void> closeAll() {
        if (closing.compareAndSet(false, true)) {
            closeNext();
        }
        return closed.future();
    }

    /**
     * Not composed of futures, but by hand: a composed one completes on the context of the first, and the last thing that is
     * closed is the Vert.x that the context belongs to.
     */
    private void closeNext() {
        Supplier<Future<Void>> closer;
        synchronized (closers) {
            closer = closers.poll();
        }
        if (closer == null) {
            closed.complete();
            return;
        }
        closer.get()
                .onFailure(failure -> LOGGER.atWarn().setCause(failure).log("something did not stop cleanly"))
                .onComplete(result -> closeNext());
    }
}
