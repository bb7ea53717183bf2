// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway;

import dev.sluice.gateway.admission.AdmissionOptions;
import dev.sluice.gateway.admission.ClientAddresses;
import dev.sluice.gateway.admission.OriginPolicy;
import dev.sluice.gateway.admission.UpgradeGate;
import dev.sluice.gateway.census.Census;
import dev.sluice.gateway.census.ClusterCounts;
import dev.sluice.gateway.flags.FeatureFlags;
import dev.sluice.gateway.hub.HubOptions;
import dev.sluice.gateway.hub.StreamHub;
import dev.sluice.gateway.loop.VertxEventLoop;
import dev.sluice.gateway.ops.GatewayMetrics;
import dev.sluice.gateway.session.SessionLoop;
import dev.sluice.gateway.session.SessionOptions;
import dev.sluice.gateway.session.SessionRegistry;
import dev.sluice.gateway.session.SessionServices;
import dev.sluice.gateway.simulation.SessionLimits;
import dev.sluice.gateway.simulation.Simulation;
import dev.sluice.gateway.transport.Doorman;
import dev.sluice.gateway.transport.websocket.WebSocketTransport;
import dev.sluice.stream.StreamKey;
import dev.sluice.stream.auth.Claims;
import dev.sluice.stream.auth.Scope;
import dev.sluice.stream.bus.CommittedBatch;
import dev.sluice.stream.log.InMemoryStreamLog;
import dev.sluice.stream.log.LogOptions;
import dev.sluice.stream.log.ShardVersion;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.impl.ConnectionBase;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The WebSocket door of one event loop on a free port of this machine, with a counter between Netty and each socket: what passes it goes to
 * the system. Pushes come from the test, everything after them is as in the product.
 */
final class CountedSockets implements AutoCloseable {

    private static final StreamKey STREAM = Simulation.FINANCE;

    /** So long the log is not asked for what was pushed, of which it knows nothing. */
    private static final Duration UNASKED = Duration.ofMinutes(1);

    private static final HubOptions HUB = hubOptions();

    private final Vertx vertx = Vertx.vertx();
    private final Doors doors;
    private final Context hubContext = vertx.getOrCreateContext();
    private final SessionServices services;
    private volatile Consumer<CommittedBatch> push;
    private volatile Thread sessionThread;
    private String epoch;
    private long seq;
    private long pushes;

    // Of the sessions' loop.
    private int frames;
    private int flushes;
    private int copies;
    private final Set<Object> contents = new HashSet<>();

    CountedSockets(int maxSessions) {
        SessionOptions session = new SessionLimits()
                .connections(maxSessions, maxSessions, maxSessions)
                .options();
        GatewayMetrics metrics = new GatewayMetrics(new SimpleMeterRegistry());
        StreamHub hub = new StreamHub(
                new VertxEventLoop(vertx, hubContext, Clock.systemUTC()),
                new InMemoryStreamLog(oneShard(), InstantSource.system(), new Random(7)),
                (shard, handler) -> {
                    push = handler;
                    return Future.succeededFuture(() -> {});
                },
                HUB,
                metrics);
        services = new SessionServices(
                "node-under-test",
                hub,
                token -> Future.succeededFuture(reader(token)),
                new SessionRegistry(session, new Census(ClusterCounts.alone(), metrics::uncounted)),
                metrics,
                FeatureFlags.defaults()::toJson,
                claims -> false);
        doors = new Doors();
        vertx.deployVerticle(doors).await();
    }

    private static HubOptions hubOptions() {
        HubOptions d = HubOptions.defaults();
        return new HubOptions(
                d.linger(),
                UNASKED,
                d.holeGrace(),
                d.versionGrace(),
                d.batchWindow(),
                d.bufferEvents(),
                d.bufferAge(),
                d.bufferBytes(),
                d.totalBufferBytes(),
                d.maxStreams(),
                d.maxFrameBytes(),
                d.deflateThresholdBytes(),
                d.deflateLevel());
    }

    private static LogOptions oneShard() {
        LogOptions d = LogOptions.defaults();
        return new LogOptions(
                1,
                d.maxEvents(),
                d.maxAge(),
                d.forgetAfter(),
                d.dedupWindow(),
                d.dedupMaxIds(),
                d.maxShardBytes(),
                d.maxStreamsPerOrgPerShard(),
                d.sweepInterval());
    }

    private static Claims reader(String user) {
        return new Claims(
                Optional.of(STREAM.org()),
                Optional.of(user),
                Optional.empty(),
                Set.of(Scope.READ),
                Instant.now().plusSeconds(3_600));
    }

    /** The sessions' event loop. */
    private final class Doors extends VerticleBase {
        private HttpServer server;

        Context loop() {
            return context;
        }

        @Override
        public Future<?> start() {
            sessionThread = Thread.currentThread();
            SessionOptions session = services.options();
            SessionLoop loop = new SessionLoop(new VertxEventLoop(vertx, context, Clock.systemUTC()), services, HUB);
            LongSupplier clock = Clock.systemUTC()::millis;
            UpgradeGate gate = new UpgradeGate(
                    new AlwaysRoom(), AdmissionOptions.defaults(), clock, services.metrics(), new Random(7));
            WebSocketTransport transport = new WebSocketTransport(
                    vertx,
                    loop,
                    session,
                    new Doorman(gate, new OriginPolicy(List.of()), () -> List.of("websocket")),
                    new ClientAddresses(List.of()),
                    true);
            server = vertx.createHttpServer(WebSocketTransport.configure(new HttpServerOptions(), session))
                    .connectionHandler(connection ->
                            ((ConnectionBase) connection).channel().pipeline().addFirst(new Counter()))
                    .requestHandler(request -> transport.handle(request, () -> {}));
            return server.listen(0, "127.0.0.1");
        }
    }

    private static final class AlwaysRoom implements UpgradeGate.Room {
        @Override
        public boolean forOneMore() {
            return true;
        }

        @Override
        public boolean forAddress(String address) {
            return true;
        }
    }

    /** The last one that bytes pass on their way out. */
    private final class Counter extends ChannelOutboundHandlerAdapter {
        @Override
        public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) throws Exception {
            frames++;
            ByteBuf bytes = (ByteBuf) msg;
            copies += bytes.isDirect() ? 0 : 1;
            contents.add(bytes.hasMemoryAddress() ? (Object) bytes.memoryAddress() : new Held(bytes.array()));
            super.write(ctx, msg, promise);
        }

        @Override
        public void flush(ChannelHandlerContext ctx) throws Exception {
            flushes++;
            super.flush(ctx);
        }
    }

    /** An array as itself, whatever is in it. */
    private static final class Held {
        private final byte[] array;

        Held(byte[] array) {
            this.array = array;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Held held && held.array == array;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(array);
        }
    }

    /** A client that has subscribed. */
    RawWebSocket connect(boolean deflate) {
        RawWebSocket client = deflate
                ? RawWebSocket.offering(doors.server.actualPort(), "permessage-deflate")
                : RawWebSocket.open(doors.server.actualPort());
        client.text(new JsonObject()
                .put("type", "handshake")
                .put("token", "ann")
                .put("services", List.of(STREAM.service()))
                .encode());
        epoch = client.awaitJson("subscribed").getString("epoch");
        return client;
    }

    /** So many pushes of an event each that reach the node in one turn of its hub; the seq of the last one. */
    long push(byte[] event, int count) {
        long first = seq + 1;
        long version = pushes;
        long now = System.currentTimeMillis();
        hubContext.runOnContext(nothing -> {
            for (int i = 0; i < count; i++) {
                CommittedBatch.Run run =
                        new CommittedBatch.Run(STREAM, epoch, first + i, Collections.singletonList(event));
                push.accept(new CommittedBatch(0, new ShardVersion(1, version + i + 1), now, List.of(run)));
            }
        });
        pushes += count;
        seq += count;
        return seq;
    }

    /** The thread of the sessions. */
    Thread sessionThread() {
        return sessionThread;
    }

    /** What was counted since this was last asked. */
    Counted take() {
        return Future.future((Promise<Counted> promise) -> doors.loop().runOnContext(nothing -> {
                    promise.complete(new Counted(frames, flushes, copies, contents.size()));
                    frames = 0;
                    flushes = 0;
                    copies = 0;
                    contents.clear();
                }))
                .await();
    }

    /**
     * What reached sockets.
     *
     * @param frames how many
     * @param flushes how often it was handed to the system
     * @param copies how many of them Netty had to copy, as the system cannot read arrays
     * @param contents how many places in memory it was written from
     */
    record Counted(int frames, int flushes, int copies, int contents) {}

    @Override
    public void close() {
        vertx.close().await();
    }
}
