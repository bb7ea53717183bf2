// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.console;

import dev.sluice.gateway.console.ClusterDesk.Answer;
import dev.sluice.gateway.console.Question.Kind;
import dev.sluice.stream.auth.Claims;
import dev.sluice.stream.auth.TokenVerifier;
import dev.sluice.stream.http.Problem;
import dev.sluice.stream.http.ProblemType;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * {@code /v2/realtime/admin/…}: what the console shows and does (docs/console.md). Every path needs a token with {@code realtime:admin}. Each
 * action is a line of the log {@code dev.sluice.audit}. For pages of the own origin only: there is no CORS. Shared by all event loops.
 */
public final class ConsoleRoutes {

    private static final Logger LOGGER = LoggerFactory.getLogger(ConsoleRoutes.class);
    private static final Logger AUDIT = LoggerFactory.getLogger("dev.sluice.audit");
    private static final String PREFIX = "/v2/realtime/admin/";
    private static final String SESSION = "session";
    private static final String NODE = "node";
    private static final int DEFAULT_LIMIT = 50;
    private static final int MAX_TEXT = 200;

    private final ClusterDesk desk;
    private final AdminGuard guard;
    private final InstantSource clock;

    /** Routes. */
    public ConsoleRoutes(ClusterDesk desk, TokenVerifier verifier, InstantSource clock) {
        this.desk = desk;
        this.guard = new AdminGuard(verifier);
        this.clock = clock;
    }

    /** Adds the routes. */
    public void mount(Router router) {
        router.get(PREFIX + "cluster").handler(guard::check).handler(this::cluster);
        router.get(PREFIX + "sessions").handler(guard::check).handler(this::sessions);
        router.get(PREFIX + "sessions/:session").handler(guard::check).handler(this::session);
        router.delete(PREFIX + "sessions/:session").handler(guard::check).handler(this::disconnect);
        router.get(PREFIX + "streams").handler(guard::check).handler(this::streams);
        router.post(PREFIX + "nodes/:node/drain").handler(guard::check).handler(this::drain);
    }

    private void cluster(RoutingContext routing) {
        JsonObject map = desk.map();
        answer(
                routing,
                200,
                desk.askAll(Question.of(Kind.OVERVIEW))
                        .map(answers -> ClusterReports.cluster(map, answers, clock.millis())));
    }

    private void sessions(RoutingContext routing) {
        Optional<Integer> limit = limit(routing);
        String text = routing.request().getParam("q", "");
        if (text.length() > MAX_TEXT) {
            refuse(
                    routing,
                    Problem.of(ProblemType.MALFORMED, "q has at most " + MAX_TEXT + " characters")
                            .withAttribute("q"));
        } else if (limit.isPresent()) {
            boolean slowOnly = "true".equals(routing.request().getParam("slow"));
            Question question = new Question(Kind.SESSIONS, text, slowOnly, limit.get());
            answer(
                    routing,
                    200,
                    desk.askAll(question).map(answers -> ClusterReports.sessions(answers, question.limit())));
        }
    }

    private void streams(RoutingContext routing) {
        limit(routing)
                .ifPresent(limit -> answer(
                        routing,
                        200,
                        desk.askAll(new Question(Kind.STREAMS, "", false, limit))
                                .map(answers -> ClusterReports.streams(answers, limit))));
    }

    private void session(RoutingContext routing) {
        ofSession(routing, Kind.SESSION, found -> {});
    }

    private void disconnect(RoutingContext routing) {
        ofSession(routing, Kind.DISCONNECT, found -> audit(routing, "session_disconnected", found.getString(NODE))
                .addKeyValue("target", found.getString(SESSION))
                .addKeyValue("targetUser", found.getString("user", ""))
                .addKeyValue("targetOrg", found.getString("org", ""))
                .log("session disconnected by an operator"));
    }

    private void ofSession(RoutingContext routing, Kind kind, Consumer<JsonObject> then) {
        answer(
                routing,
                200,
                desk.askAll(Question.of(kind, routing.pathParam(SESSION))).map(answers -> {
                    JsonObject found = found(answers);
                    then.accept(found);
                    return found;
                }));
    }

    private static JsonObject found(List<Answer> answers) {
        return answers.stream()
                .filter(answer -> answer.body().isPresent())
                .findFirst()
                .map(answer -> answer.body().get().copy().put(NODE, answer.id()))
                .orElseThrow(() -> new RefusedException(
                        Problem.of(ProblemType.NOT_FOUND, "no node that answered has this session; it may have ended")
                                .with("silent", ClusterReports.silent(answers))));
    }

    private void drain(RoutingContext routing) {
        String id = routing.pathParam(NODE);
        answer(routing, 202, desk.ask(id, Question.of(Kind.DRAIN)).map(asked -> {
            Answer answer = asked.orElseThrow(() -> new RefusedException(
                    Problem.of(ProblemType.NOT_FOUND, "the cluster has no gateway node of this id")));
            // Before it is known whether it was heard: an order that may have been carried out is written down.
            audit(routing, "node_drained", id)
                    .addKeyValue("target", id)
                    .addKeyValue("answered", !answer.silent())
                    .log("node drained by an operator");
            if (answer.silent()) {
                throw new RefusedException(Problem.of(
                        ProblemType.UNAVAILABLE,
                        "the node did not answer; it may drain all the same, look before trying again"));
            }
            return new JsonObject().put(NODE, id).put("draining", true);
        }));
    }

    private static LoggingEventBuilder audit(RoutingContext routing, String action, String node) {
        Claims by = AdminGuard.of(routing);
        return AUDIT.atInfo()
                .addKeyValue("action", action)
                .addKeyValue("user", by.subject().orElse(""))
                .addKeyValue("org", by.org().orElse(""))
                .addKeyValue(NODE, node);
    }

    /** Empty when it was wrong, and the request has been refused. */
    private static Optional<Integer> limit(RoutingContext routing) {
        String text = routing.request().getParam("limit");
        if (text == null) {
            return Optional.of(DEFAULT_LIMIT);
        }
        if (text.matches("[0-9]{1,3}") && Integer.parseInt(text) >= 1 && Integer.parseInt(text) <= Question.MAX_LIMIT) {
            return Optional.of(Integer.parseInt(text));
        }
        refuse(
                routing,
                Problem.of(ProblemType.MALFORMED, "limit must be 1 to " + Question.MAX_LIMIT)
                        .withAttribute("limit"));
        return Optional.empty();
    }

    /** Back on the request's context: the last node's answer came on whatever thread. */
    private static void answer(RoutingContext routing, int status, Future<JsonObject> future) {
        Context context = routing.vertx().getOrCreateContext();
        future.onComplete((body, failure) -> context.runOnContext(nothing -> {
            if (failure == null) {
                routing.response()
                        .setStatusCode(status)
                        .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                        .end(body.toBuffer())
                        .onFailure(gone -> LOGGER.atTrace().log("the client is gone"));
            } else if (failure instanceof RefusedException refused) {
                refuse(routing, refused.problem);
            } else {
                LOGGER.atError().setCause(failure).log("answering an operator failed");
                refuse(routing, Problem.of(ProblemType.INTERNAL_ERROR, "something went wrong on the server"));
            }
        }));
    }

    private static void refuse(RoutingContext routing, Problem problem) {
        problem.send(routing.response()).onFailure(gone -> LOGGER.atTrace().log("the client is gone"));
    }

    /** Carries a refusal through futures. */
    private static final class RefusedException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final transient Problem problem;

        RefusedException(Problem problem) {
            super(problem.detail(), null, false, false);
            this.problem = problem;
        }
    }
}
