// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.console;

import dev.sluice.gateway.admin.AdminAction;
import dev.sluice.gateway.admin.AdminDoor;
import dev.sluice.gateway.admin.RefusedException;
import dev.sluice.gateway.console.ClusterDesk.Answer;
import dev.sluice.gateway.console.Question.Kind;
import dev.sluice.stream.http.Problem;
import dev.sluice.stream.http.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.InstantSource;
import java.util.List;

/**
 * {@code /v2/realtime/admin/…}: what the console shows and does (docs/console.md). Every path needs a token with {@code realtime:admin}; actions are
 * written to the audit log. For pages of the own origin only: there is no CORS. Shared by all event loops.
 */
public final class ConsoleRoutes {

    private static final String PREFIX = "/v2/realtime/admin/";
    private static final String SESSION = "session";
    private static final String NODE = "node";
    private static final int ACCEPTED = 202;
    private static final int MAX_TEXT = 200;

    private final ClusterDesk desk;
    private final AdminDoor door;
    private final InstantSource clock;

    /** Routes. */
    public ConsoleRoutes(ClusterDesk desk, AdminDoor door, InstantSource clock) {
        this.desk = desk;
        this.door = door;
        this.clock = clock;
    }

    /** Adds the routes. */
    public void mount(Router router) {
        router.get(PREFIX + "cluster").handler(routing -> door.show(routing, this::cluster));
        router.get(PREFIX + "sessions").handler(routing -> door.show(routing, () -> sessions(routing)));
        router.get(PREFIX + "sessions/:session")
                .handler(routing -> door.show(routing, () -> ofSession(routing, Kind.SESSION)));
        router.delete(PREFIX + "sessions/:session")
                .handler(routing ->
                        door.act(routing, "session_disconnected", (action, body) -> disconnect(routing, action)));
        router.get(PREFIX + "streams").handler(routing -> door.show(routing, () -> streams(routing)));
        router.post(PREFIX + "nodes/:node/drain")
                .handler(routing ->
                        door.act(routing, "node_drained", ACCEPTED, (action, body) -> drain(routing, action)));
        new TraceRoute(desk, door, clock).mount(router);
    }

    private Future<JsonObject> cluster() {
        JsonObject map = desk.map();
        return desk.askAll(Question.of(Kind.OVERVIEW))
                .map(answers -> ClusterReports.cluster(map, answers, clock.millis()));
    }

    private Future<JsonObject> sessions(RoutingContext routing) {
        String text = Parameters.text(routing, "q", MAX_TEXT);
        boolean slowOnly = "true".equals(routing.request().getParam("slow"));
        Question question = new Question(Kind.SESSIONS, text, slowOnly, Parameters.limit(routing));
        return desk.askAll(question).map(answers -> ClusterReports.sessions(answers, question.limit()));
    }

    private Future<JsonObject> streams(RoutingContext routing) {
        int limit = Parameters.limit(routing);
        return desk.askAll(new Question(Kind.STREAMS, "", false, limit))
                .map(answers -> ClusterReports.streams(answers, limit));
    }

    private Future<JsonObject> disconnect(RoutingContext routing, AdminAction action) {
        action.on(routing.pathParam(SESSION));
        return ofSession(routing, Kind.DISCONNECT).onSuccess(found -> {
            action.detail(NODE, found.getString(NODE));
            action.detail("targetUser", found.getString("user", ""));
            action.detail("targetOrg", found.getString("org", ""));
        });
    }

    private Future<JsonObject> ofSession(RoutingContext routing, Kind kind) {
        return desk.askAll(Question.of(kind, routing.pathParam(SESSION))).map(ConsoleRoutes::found);
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

    private Future<JsonObject> drain(RoutingContext routing, AdminAction action) {
        String id = routing.pathParam(NODE);
        action.on(id);
        return desk.ask(id, Question.of(Kind.DRAIN)).map(asked -> {
            Answer answer = asked.orElseThrow(() -> new RefusedException(
                    Problem.of(ProblemType.NOT_FOUND, "the cluster has no gateway node of this id")));
            if (answer.silent()) {
                throw new RefusedException(Problem.of(
                        ProblemType.UNAVAILABLE,
                        "the node did not answer; it may drain all the same, look before trying again"));
            }
            return new JsonObject().put(NODE, id).put("draining", true);
        });
    }
}
