// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher.http;

import dev.sluice.publisher.PublisherHttpOptions;
import dev.sluice.stream.http.RouterProblems;
import dev.sluice.stream.tls.Certificates;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The HTTP server of a process that publishes and is no gateway. Wiring only; one instance for each event loop that shall serve. */
public final class PublisherHttpVerticle extends VerticleBase {

    /** Servers of one process that listen on the same negative port share one free port. */
    private static final int ANY_SHARED_PORT = -2;

    private final PublisherHttpOptions options;
    private final List<Consumer<Router>> routes;
    private Certificates certificates; // null until its files have been read
    private HttpServer server;

    /**
     * A server.
     *
     * @param routes what it serves; called once for each instance
     */
    public PublisherHttpVerticle(PublisherHttpOptions options, List<Consumer<Router>> routes) {
        this.options = options;
        this.routes = List.copyOf(routes);
    }

    @Override
    public Future<?> start() {
        HttpServerOptions http = new HttpServerOptions()
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                .setIdleTimeout((int) options.idleTimeout().toMillis());
        return Certificates.load(vertx, options.tls()).compose(loaded -> {
            certificates = loaded;
            server = vertx.createHttpServer(loaded.configure(http)).requestHandler(router());
            loaded.watch(server::updateSSLOptions);
            return server.listen(options.port() == 0 ? ANY_SHARED_PORT : options.port(), options.host());
        });
    }

    private Router router() {
        Router router = Router.router(vertx);
        routes.forEach(route -> route.accept(router));
        RouterProblems.install(router);
        return router;
    }

    /** Where it listens; after the deployment. */
    public int port() {
        return server.actualPort();
    }

    @Override
    public Future<?> stop() {
        certificates.close();
        return server.close();
    }
}
