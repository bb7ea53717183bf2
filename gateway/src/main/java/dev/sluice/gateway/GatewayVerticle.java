// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway;

import dev.sluice.gateway.admission.ClientAddresses;
import dev.sluice.gateway.admission.OriginPolicy;
import dev.sluice.gateway.admission.SlowHeads;
import dev.sluice.gateway.admission.UpgradeGate;
import dev.sluice.gateway.flags.ClusterFlags;
import dev.sluice.gateway.loop.VertxEventLoop;
import dev.sluice.gateway.session.SessionLoop;
import dev.sluice.gateway.session.SessionServices;
import dev.sluice.gateway.tls.Certificates;
import dev.sluice.gateway.transport.Doorman;
import dev.sluice.gateway.transport.http.FallbackTransport;
import dev.sluice.gateway.transport.websocket.WebSocketTransport;
import dev.sluice.stream.http.RouterProblems;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.ServerSSLOptions;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** One event loop of the gateway: its HTTP server and the sessions that were accepted on it. Wiring only. */
final class GatewayVerticle extends VerticleBase {

    /** Servers of one process that listen on the same negative port share one free port. */
    private static final int ANY_SHARED_PORT = -1;

    /** A request line holds a token and the cursors of a hundred streams, percent-encoded; a header holds either. */
    private static final int MAX_LINE_BYTES = 16 << 10;

    private static final int MAX_HEADER_BYTES = 16 << 10;

    private static final long SWEEP_MS = 1_000;

    private final GatewayOptions options;
    private final SessionServices services;
    private final UpgradeGate gate;
    private final ClusterFlags flags;
    private final Certificates certificates;
    private final List<Consumer<Router>> routes;
    private volatile SessionLoop loop;
    private volatile Set<String> answered = Set.of();
    private HttpServer server;
    private WebSocketTransport webSocket;

    GatewayVerticle(
            GatewayOptions options,
            SessionServices services,
            UpgradeGate gate,
            ClusterFlags flags,
            Certificates certificates,
            List<Consumer<Router>> routes) {
        this.options = options;
        this.services = services;
        this.gate = gate;
        this.flags = flags;
        this.certificates = certificates;
        this.routes = routes;
    }

    @Override
    public Future<?> start() {
        loop = new SessionLoop(new VertxEventLoop(vertx, context, Clock.systemUTC()), services, options.hub());
        // Without HTTP/2: no WebSocket goes over it here, and a connection would be unknown until its first bytes came.
        HttpServerOptions http = WebSocketTransport.configure(
                new HttpServerOptions()
                        .setHttp2ClearTextEnabled(false)
                        // A session is written from its event loop only. Without this, Vert.x keeps a queue for
                        // writers on other threads with each connection, and that begins with 4 KB.
                        .setStrictThreadMode(true)
                        .setMaxInitialLineLength(MAX_LINE_BYTES)
                        .setMaxHeaderSize(MAX_HEADER_BYTES),
                options.session());
        SlowHeads heads = new SlowHeads(options.admission(), services.metrics());
        vertx.setPeriodic(SWEEP_MS, timer -> heads.sweep(now()));
        Doorman doorman = new Doorman(
                gate, new OriginPolicy(options.origins()), () -> flags.get().transports());
        ClientAddresses addresses = new ClientAddresses(options.admission().trustedProxies());
        webSocket = new WebSocketTransport(vertx, loop, options.session(), doorman, addresses, options.compression());
        FallbackTransport fallback = new FallbackTransport(
                vertx, loop, doorman, addresses, options.session(), options.fallback(), services.flags());
        Router router = router();
        answered = answered(router);
        server = vertx.createHttpServer(certificates.configure(http))
                .connectionHandler(connection -> heads.connected(connection, now()))
                .requestHandler(request -> {
                    heads.requested(request);
                    if (WebSocketTransport.PATH.equals(request.path())) {
                        webSocket.handle(request, () -> heads.upgraded(request.connection()));
                    } else if (FallbackTransport.handles(request.path())) {
                        fallback.handle(request);
                    } else {
                        router.handle(request);
                    }
                });
        int port = options.port() == 0 ? ANY_SHARED_PORT : options.port();
        return server.listen(port, options.host());
    }

    private static long now() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    private Router router() {
        Router router = Router.router(vertx);
        routes.forEach(route -> route.accept(router));
        RouterProblems.install(router);
        return router;
    }

    private static Set<String> answered(Router router) {
        Set<String> found = new HashSet<>(Set.of(
                "GET " + WebSocketTransport.PATH,
                "GET " + FallbackTransport.SSE_PATH,
                "GET " + FallbackTransport.POLL_PATH));
        for (Route route : router.getRoutes()) {
            // Those for all paths or all methods do not answer, they look on.
            if (route.getPath() != null && route.methods() != null) {
                route.methods()
                        .forEach(
                                method -> found.add(method + " " + route.getPath() + (route.isExactPath() ? "" : "*")));
            }
        }
        return Set.copyOf(found);
    }

    /** See {@link Gateway#routes()}; after the deployment. */
    Set<String> routes() {
        return answered;
    }

    /** The flags are other ones: tells the sessions. Any thread. */
    void flagsChanged() {
        SessionLoop told = loop;
        if (told != null) {
            told.flagsChanged();
        }
    }

    /** Connections from now on see this certificate. Any thread. */
    Future<?> renew(ServerSSLOptions renewed) {
        return server.updateSSLOptions(renewed);
    }

    /** The sessions of this loop; empty until it is there. Any thread. */
    Optional<SessionLoop> sessions() {
        return Optional.ofNullable(loop);
    }

    /** Where it listens; after the deployment. */
    int port() {
        return server.actualPort();
    }

    @Override
    public Future<?> stop() {
        loop.close();
        webSocket.close();
        return server.close();
    }
}
