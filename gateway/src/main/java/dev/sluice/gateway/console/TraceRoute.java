// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.console;

import dev.sluice.gateway.admin.AdminDoor;
import dev.sluice.gateway.admin.RefusedException;
import dev.sluice.gateway.console.EventFinder.History;
import dev.sluice.gateway.console.EventFinder.Match;
import dev.sluice.gateway.session.TracedEvent;
import dev.sluice.stream.Cursor;
import dev.sluice.stream.EventParser;
import dev.sluice.stream.Position;
import dev.sluice.stream.StreamKey;
import dev.sluice.stream.http.Problem;
import dev.sluice.stream.http.ProblemType;
import dev.sluice.stream.log.LogUnavailableException;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * {@code GET /v2/realtime/admin/trace}: what became of an event. It is looked for in the log first, then every node is asked how it came there
 * and what its sessions were given. Shared by all event loops.
 */
final class TraceRoute {

    static final String PATH = "/v2/realtime/admin/trace";

    /** For the search; the nodes have {@link ClusterDesk#TIMEOUT_MS} after it. */
    private static final long SEARCH_TIMEOUT_MS = 10_000;

    private static final Duration RETRY = Duration.ofSeconds(5);
    private static final int MAX_USER = 1_024;
    private static final String POSITION = "position";
    private static final int MAX_POSITION = 64;

    private final ClusterDesk desk;
    private final AdminDoor door;
    private final InstantSource clock;

    TraceRoute(ClusterDesk desk, AdminDoor door, InstantSource clock) {
        this.desk = desk;
        this.door = door;
        this.clock = clock;
    }

    void mount(Router router) {
        router.get(PATH).handler(routing -> door.show(routing, () -> trace(routing)));
    }

    private Future<JsonObject> trace(RoutingContext routing) {
        StreamKey stream = stream(routing);
        Optional<String> id = given(Parameters.text(routing, "id", EventParser.MAX_ATTRIBUTE_LENGTH));
        Optional<Position> position =
                given(Parameters.text(routing, POSITION, MAX_POSITION)).map(TraceRoute::position);
        if (id.isPresent() == position.isPresent()) {
            throw Parameters.malformed("id", "either the id of an event or its position is needed");
        }
        Optional<String> source = given(Parameters.text(routing, "source", EventParser.MAX_ATTRIBUTE_LENGTH));
        Optional<String> user = given(Parameters.text(routing, "user", MAX_USER));
        int limit = Parameters.limit(routing);
        JsonObject shown = new JsonObject()
                .put("at", clock.millis())
                .put("asked", desk.map().getString("self"))
                .put("org", stream.org())
                .put("service", stream.service())
                .put("id", id.orElse(null))
                .put(POSITION, position.map(Position::toString).orElse(null));
        return position.map(known -> desk.find(stream, known))
                .orElseGet(() -> desk.find(stream, id.orElseThrow(), source))
                .timeout(SEARCH_TIMEOUT_MS, TimeUnit.MILLISECONDS)
                .recover(TraceRoute::unavailable)
                .compose(history ->
                        ways(stream, history, user, limit).map(events -> TraceReports.trace(shown, history, events)));
    }

    private static StreamKey stream(RoutingContext routing) {
        String org = routing.request().getParam("org");
        String service = routing.request().getParam("service");
        if (!StreamKey.isOrg(org)) {
            throw Parameters.malformed("org", "org must be 1 to " + StreamKey.MAX_ORG_LENGTH + " characters");
        }
        if (!StreamKey.isService(service)) {
            throw Parameters.malformed("service", "service must match [a-z][a-z0-9-]{0,62}, for example 'finance'");
        }
        return new StreamKey(org, service);
    }

    private static Position position(String text) {
        try {
            if (Cursor.parse(text) instanceof Cursor.At at && at.position().seq() > 0) {
                return at.position();
            }
        } catch (IllegalArgumentException e) {
            // Said below, for whatever is wrong with it.
        }
        throw Parameters.malformed(POSITION, "position must be epoch:seq, for example 'e1:12'");
    }

    private static Optional<String> given(String text) {
        return Optional.of(text).filter(some -> !some.isEmpty());
    }

    private Future<List<JsonObject>> ways(
            StreamKey stream, Optional<History> history, Optional<String> user, int limit) {
        List<Match> matches = history.map(History::matches).orElse(List.of());
        List<Future<JsonObject>> ways = matches.stream()
                .map(match -> {
                    TracedEvent event = new TracedEvent(stream, match.position(), user);
                    return desk.askAll(Question.trace(event, limit))
                            .map(answers -> TraceReports.event(match, answers, limit));
                })
                .toList();
        return Future.all(ways).map(all -> all.<JsonObject>list());
    }

    private static <T> Future<T> unavailable(Throwable failure) {
        return failure instanceof LogUnavailableException || failure instanceof TimeoutException
                ? Future.failedFuture(new RefusedException(
                        Problem.of(ProblemType.UNAVAILABLE, "the log does not answer now; ask again")
                                .withRetryAfter(RETRY)))
                : Future.failedFuture(failure);
    }
}
