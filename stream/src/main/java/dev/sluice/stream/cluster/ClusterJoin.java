// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.cluster;

import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import dev.sluice.stream.bus.BusAddresses;
import dev.sluice.stream.census.CensusSerializerFactory;
import dev.sluice.stream.log.LogMap;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.transport.Transport;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Joins the cluster: first Hazelcast, then a Vert.x on top of it. Describe the member, then call {@link #join()} once.
 * Not thread-safe; the callbacks run on a thread of their own, before anything is started.
 */
public final class ClusterJoin {

    /** By this attribute Vert.x knows which of its nodes a Hazelcast member is. */
    static final String NODE_ID_ATTRIBUTE = "__vertx.nodeId";

    /**
     * How often the event bus asks a peer for a sign of life, and how long it waits: the defaults of 20 s each would keep
     * queueing for a peer that is long gone.
     */
    private static final int BUS_PING_MILLIS = 3_000;

    /** Messages to a peer that is not connected yet are queued without a bound, so not for long. */
    private static final int BUS_CONNECT_MILLIS = 3_000;

    /** How long another member may take to prove that it knows the secret: below what Hazelcast gives a connection, above the pauses of a busy machine. */
    private static final Duration SECRET_LIMIT = Duration.ofSeconds(3);

    private static final Logger LOGGER = LoggerFactory.getLogger(ClusterJoin.class);

    private final ClusterOptions options;
    private final RuntimeOptions runtime;
    private boolean lite;
    private Consumer<Config> hazelcastChanges = config -> {};
    private Consumer<VertxOptions> vertxChanges = vertxOptions -> {};
    private UnaryOperator<VertxBuilder> builderChanges = UnaryOperator.identity();

    /** A data member with nothing special. */
    public ClusterJoin(ClusterOptions options, RuntimeOptions runtime) {
        this.options = options;
        this.runtime = runtime;
    }

    /** Holds no data and does not count for the quorum: for publishers, which come and go. */
    public ClusterJoin asLiteMember() {
        lite = true;
        return this;
    }

    /** Changes the Hazelcast configuration; the serialisers of the log are registered already. */
    public ClusterJoin hazelcast(Consumer<Config> changes) {
        hazelcastChanges = hazelcastChanges.andThen(changes);
        return this;
    }

    /** Changes the options of Vert.x, after the event bus and the event loops have been set. */
    public ClusterJoin vertxOptions(Consumer<VertxOptions> changes) {
        vertxChanges = vertxChanges.andThen(changes);
        return this;
    }

    /** Changes the builder of Vert.x, for instance to add metrics. */
    public ClusterJoin vertx(UnaryOperator<VertxBuilder> changes) {
        UnaryOperator<VertxBuilder> earlier = builderChanges;
        builderChanges = builder -> changes.apply(earlier.apply(builder));
        return this;
    }

    /**
     * Joins.
     *
     * @return the node, a member of the cluster with Vert.x running and our codecs on its event bus; fails with
     *     {@link dev.sluice.stream.config.ConfigException} if the options cannot be used, with what Hazelcast or Vert.x
     *     threw if they could not start, and then nothing is left running
     */
    public Future<ClusterNode> join() {
        // What does not work here must not cost a join first.
        return onOwnThread(() -> BusTls.load(options.busTls()))
                .compose(tls -> onOwnThread(this::startHazelcast).compose(hazelcast -> Future.succeededFuture(hazelcast)
                        .compose(started ->
                                startVertx(started, tls)) // so that what it throws, too, comes to the next line
                        .onFailure(failure -> hazelcast.getLifecycleService().terminate())));
    }

    private HazelcastInstance startHazelcast() {
        CompletionPool.prepare();
        runtime.transport().resolve(); // a transport that does not work must not cost a join first
        Config config = ClusterConfig.load(options);
        config.setLiteMember(lite);
        config.getMemberAttributeConfig()
                .setAttribute(NODE_ID_ATTRIBUTE, UUID.randomUUID().toString());
        LogMap.prepare(config);
        CensusSerializerFactory.register(config.getSerializationConfig());
        ClusterEvents.logQuorum(config);
        hazelcastChanges.accept(config);
        return start(config);
    }

    private HazelcastInstance start(Config config) {
        if (options.secret().isEmpty()) {
            if (!isLoopback(options.host())) {
                LOGGER.atWarn()
                        .addKeyValue("host", options.host())
                        .log("cluster.secret is not set: whoever reaches cluster.port can read and write all streams");
            }
            return Hazelcast.newHazelcastInstance(config);
        }
        return GuardedHazelcast.start(config, new MemberSecret(options.secret().get(), options.name(), SECRET_LIMIT));
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false; // then nothing starts here, and says so
        }
    }

    private Future<ClusterNode> startVertx(HazelcastInstance hazelcast, Optional<BusTls> tls) {
        Transport transport = runtime.transport().resolve();
        VertxOptions vertxOptions = new VertxOptions()
                .setEventLoopPoolSize(runtime.effectiveEventLoops())
                .setEventBusOptions(busOptions(hazelcast));
        tls.ifPresent(bus -> bus.configure(vertxOptions.getEventBusOptions()));
        vertxChanges.accept(vertxOptions);
        VertxBuilder builder = Vertx.builder()
                .with(vertxOptions)
                .withTransport(transport)
                .withClusterManager(new BusRegistry(hazelcast));
        return builderChanges
                .apply(builder)
                .buildClustered()
                .onSuccess(BusAddresses::registerCodecs)
                .compose(vertx -> renewing(vertx, tls))
                .map(vertx -> new ClusterNode(options, hazelcast, vertx, transport.name()));
    }

    private static Future<Vertx> renewing(Vertx vertx, Optional<BusTls> tls) {
        return tls.isEmpty()
                ? Future.succeededFuture(vertx)
                : Future.succeededFuture(tls.get())
                        .compose(bus -> bus.watch(vertx))
                        .map(vertx)
                        .recover(failure -> vertx.close().transform(closed -> Future.failedFuture(failure)));
    }

    private EventBusOptions busOptions(HazelcastInstance hazelcast) {
        String memberHost = hazelcast.getCluster().getLocalMember().getAddress().getHost();
        EventBusOptions busOptions = new EventBusOptions()
                .setHost(options.busHost().orElse(options.host()))
                .setPort(options.busPort())
                .setClusterPublicHost(options.busPublicHost().orElse(memberHost))
                .setConnectTimeout(BUS_CONNECT_MILLIS)
                .setClusterPingInterval(BUS_PING_MILLIS)
                .setClusterPingReplyInterval(BUS_PING_MILLIS);
        return options.busPublicPort() == 0 ? busOptions : busOptions.setClusterPublicPort(options.busPublicPort());
    }

    private static <T> Future<T> onOwnThread(Supplier<T> blocking) {
        Promise<T> promise = Promise.promise();
        Runnable task = () -> {
            try {
                promise.complete(blocking.get());
            } catch (Throwable failure) { // passed on, whatever it is: the caller waits for an answer
                promise.fail(failure);
            }
        };
        new Thread(task, "sluice-cluster-join").start();
        return promise.future();
    }
}
