// SPDX-License-Identifier: Apache-2.0
package dev.sluice.cli;

import dev.sluice.stream.http.Problem;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.util.List;
import java.util.function.Consumer;

/** The HTTP server of a process that is no gateway. */
final class HttpDoor {

    private final HttpServer server;

    private HttpDoor(HttpServer server) {
        this.server = server;
    }

    /** Listens with the given routes; fails when the address cannot be had. Any thread. */
    static Future<HttpDoor> open(Vertx vertx, String host, int port, List<Consumer<Router>> routes) {
        Router router = Router.router(vertx);
        routes.forEach(route -> route.accept(router));
        router.errorHandler(404, routing -> Problem.of(404, "not_found", "there is nothing at this path")
                .send(routing.response()));
        return vertx.createHttpServer()
                .requestHandler(router)
                .listen(port, host)
                .map(HttpDoor::new);
    }

    int port() {
        return server.actualPort();
    }

    /** Ends what is under way and closes. */
    Future<Void> close() {
        return server.close();
    }
}
