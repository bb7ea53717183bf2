// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.console;

import dev.sluice.gateway.console.ClusterDesk.Answer;
import dev.sluice.gateway.console.EventFinder.Held;
import dev.sluice.gateway.console.EventFinder.History;
import dev.sluice.gateway.console.EventFinder.Match;
import dev.sluice.gateway.hub.EventSight;
import dev.sluice.gateway.replay.Arrival;
import dev.sluice.gateway.session.Fate;
import dev.sluice.gateway.session.TracedSession;
import dev.sluice.stream.Position;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The JSON of what became of an event: what a node says of it, and what comes of all their answers. Pure. */
final class TraceReports {

    private static final String SESSIONS = "sessions";
    private static final String SESSION = "session";
    private static final String COUNTS = "counts";
    private static final String STREAM = "stream";
    private static final String ARRIVAL = "arrival";
    private static final String REMEMBERED = "remembered";
    private static final String COMPLETE_SINCE = "completeSince";
    private static final String FATE = "fate";
    private static final String FOLLOWS_SINCE = "followsSince";
    private static final String LAST_WRITE = "lastWrite";
    private static final String AT = "at";

    /** A fate that only a later release knows stands before all others. */
    private static final List<String> FATES =
            Arrays.stream(Fate.values()).map(Fate::wire).toList();

    private TraceReports() {}

    /** What this node knows. */
    static JsonObject node(Optional<EventSight> sight, TracedSession.Page page) {
        JsonObject counts = new JsonObject();
        page.counts().forEach((fate, count) -> counts.put(fate.wire(), count));
        JsonArray sessions = new JsonArray();
        page.sessions().forEach(traced -> sessions.add(session(traced)));
        return new JsonObject()
                .put(STREAM, sight.map(TraceReports::stream).orElse(null))
                .put(
                        ARRIVAL,
                        sight.flatMap(EventSight::arrival)
                                .map(TraceReports::arrival)
                                .orElse(null))
                .put(COUNTS, counts)
                .put(SESSIONS, sessions)
                .put(REMEMBERED, page.remembered())
                .put(COMPLETE_SINCE, orNull(page.completeSince()));
    }

    private static JsonObject stream(EventSight sight) {
        return new JsonObject()
                .put("openSince", sight.openSince())
                .put(SESSIONS, sight.sessions())
                .put("head", sight.head().map(Position::toString).orElse(null))
                .put("oldest", sight.oldest());
    }

    private static JsonObject arrival(Arrival arrival) {
        return new JsonObject()
                .put(AT, arrival.at() == 0 ? null : arrival.at())
                .put("way", arrival.way().wire());
    }

    private static JsonObject session(TracedSession traced) {
        return new JsonObject()
                .put(SESSION, traced.session().session())
                .put("user", traced.session().user().orElse(null))
                .put("transport", traced.session().transport())
                .put("connectedAt", traced.session().connectedAt())
                .put(FATE, traced.fate().wire())
                .put("reason", traced.reason().orElse(null))
                .put("cursor", traced.cursor().map(Position::toString).orElse(null))
                .put("lag", traced.lag())
                .put(FOLLOWS_SINCE, orNull(traced.followsSince()))
                .put(LAST_WRITE, traced.session().lastWrite())
                .put("ended", traced.ended().map(TraceReports::ended).orElse(null));
    }

    private static JsonObject ended(TracedSession.Ended ended) {
        return new JsonObject()
                .put(AT, ended.at())
                .put("code", ended.reason().code())
                .put("reason", ended.reason().wire());
    }

    private static Long orNull(OptionalLong number) {
        return number.isPresent() ? number.getAsLong() : null;
    }

    /** The whole answer; {@code shown} says what was asked. */
    static JsonObject trace(JsonObject shown, Optional<History> history, List<JsonObject> events) {
        boolean found = history.map(History::matches).orElse(List.of()).stream()
                .anyMatch(match -> match.held().isPresent());
        String outcome = history.isEmpty() ? "no_stream" : found ? "found" : "not_held";
        return shown.put("outcome", outcome)
                .put(
                        STREAM,
                        history.map(held -> new JsonObject()
                                        .put("head", held.head().toString())
                                        .put("oldest", held.oldest())
                                        .put("oldestAt", orNull(held.oldestAt())))
                                .orElse(null))
                .put("events", new JsonArray(events));
    }

    /** The way of one event: through the nodes, to their sessions. */
    static JsonObject event(Match match, List<Answer> answers, int limit) {
        JsonArray nodes = new JsonArray();
        JsonObject counts = new JsonObject();
        List<JsonObject> sessions = new ArrayList<>();
        long remembered = 0;
        Long completeSince = null;
        for (Answer answer : answers) {
            JsonObject body = answer.body().orElseGet(JsonObject::new);
            nodes.add(new JsonObject()
                    .put("id", answer.id())
                    .put("answers", !answer.silent())
                    .put(STREAM, body.getJsonObject(STREAM))
                    .put(ARRIVAL, body.getJsonObject(ARRIVAL)));
            body.getJsonObject(COUNTS, new JsonObject())
                    .forEach(count -> counts.put(
                            count.getKey(),
                            counts.getLong(count.getKey(), 0L) + ((Number) count.getValue()).longValue()));
            for (Object session : body.getJsonArray(SESSIONS, new JsonArray())) {
                sessions.add(of(match, answer.id(), body.getJsonObject(ARRIVAL), (JsonObject) session));
            }
            remembered += body.getLong(REMEMBERED, 0L);
            Long since = body.getLong(COMPLETE_SINCE);
            completeSince = completeSince == null || (since != null && since > completeSince) ? since : completeSince;
        }
        sessions.sort(Comparator.comparingInt((JsonObject session) -> FATES.indexOf(session.getString(FATE)))
                .thenComparing(session -> session.getJsonObject("ended") != null)
                .thenComparing(session -> session.getString(SESSION)));
        return new JsonObject()
                .put("id", match.held().map(held -> held.attributes().id()).orElse(null))
                .put(
                        "source",
                        match.held().map(held -> held.attributes().source()).orElse(null))
                .put("type", match.held().map(held -> held.attributes().type()).orElse(null))
                .put("position", match.position().toString())
                .put("committedAt", match.held().map(Held::committedAt).orElse(null))
                .put("bytes", match.held().map(Held::bytes).orElse(null))
                .put("nodes", nodes)
                .put(COUNTS, counts)
                .put(SESSIONS, new JsonArray(sessions.stream().limit(limit).toList()))
                .put(REMEMBERED, new JsonObject().put(SESSIONS, remembered).put(COMPLETE_SINCE, completeSince))
                .put("silent", ClusterReports.silent(answers));
    }

    /**
     * A session with its node, and between which times it was given the event, if it was: no sooner than the event was committed and at
     * the node and the session followed the stream, no later than something was written to it last. Clocks of several nodes may differ.
     */
    private static JsonObject of(Match match, String node, JsonObject arrival, JsonObject session) {
        JsonObject shown = session.copy().put("node", node);
        long by = session.getLong(LAST_WRITE);
        shown.remove(LAST_WRITE);
        if (!Fate.DELIVERED.wire().equals(session.getString(FATE))) {
            return shown.putNull("deliveredFrom").putNull("deliveredBy");
        }
        long from = Math.max(match.held().map(Held::committedAt).orElse(0L), session.getLong(FOLLOWS_SINCE));
        if (arrival != null && arrival.getLong(AT) != null) {
            from = Math.max(from, arrival.getLong(AT));
        }
        return shown.put("deliveredFrom", Math.min(from, by)).put("deliveredBy", by);
    }
}
