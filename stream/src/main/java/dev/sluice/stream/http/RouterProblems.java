// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.http;

import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets a router answer with problem+json where it would answer with its own page. */
public final class RouterProblems {

    private static final Logger LOGGER = LoggerFactory.getLogger(RouterProblems.class);

    private RouterProblems() {}

    /** For paths and methods that are not there, and for handlers that fail: the client learns no more than that. */
    public static void install(Router router) {
        router.errorHandler(404, routing -> Problem.of(ProblemType.NOT_FOUND, "there is nothing at this path")
                .send(routing.response()));
        router.errorHandler(405, routing -> Problem.of(ProblemType.METHOD_NOT_ALLOWED, "this path has other methods")
                .send(routing.response()));
        router.errorHandler(500, RouterProblems::failed);
    }

    private static void failed(RoutingContext routing) {
        LOGGER.atError()
                .setCause(routing.failure())
                .addKeyValue("path", routing.normalizedPath())
                .log("request failed");
        Problem.of(ProblemType.INTERNAL_ERROR, "something went wrong on the server")
                .send(routing.response());
    }
}
