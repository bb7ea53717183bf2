// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher.http;

import dev.sluice.publisher.PublisherHttpOptions;
import dev.sluice.stream.http.Problem;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The HTTP server of a process that publishes and is no gateway. Wiring only; one instance for each event loop that shall serve. */
public final class PublisherHttpVerticle extends VerticleBase {

    private static final Logger LOGGER = LoggerFactory.getLogger(PublisherHttpVerticle.class);
    /** Servers of one process that listen on the same negative port share one free port. */
    private static final int ANY_SHARED_PORT = -2;

    private final PublisherHttpOptions options;
    private final List<Consumer<Router>> routes;
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
        server = vertx.createHttpServer(http).requestHandler(router());
        return server.listen(options.port() == 0 ? ANY_SHARED_PORT : options.port(), options.host());
    }

    private Router router() {
        Router router = Router.router(vertx);
        routes.forEach(route -> route.accept(router));
        router.errorHandler(404, routing -> Problem.of(404, "not_found", "there is nothing at this path")
                .send(routing.response()));
        router.errorHandler(405, routing -> Problem.of(405, "method_not_allowed", "this path has other methods")
                .send(routing.response()));
        router.errorHandler(500, PublisherHttpVerticle::failed);
        return router;
    }

    private static void failed(RoutingContext routing) {
        LOGGER.atError()
                .setCause(routing.failure())
                .addKeyValue("path", routing.normalizedPath())
                .log("request failed");
        Problem.of(500, "internal_error", "something went wrong on the server").send(routing.response());
    }

    /** Where it listens; after the deployment. */
    public int port() {
        return server.actualPort();
    }

    @Override
    public Future<?> stop() {
        return server.close();
    }
}
