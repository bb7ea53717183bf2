// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.console.ClusterDesk.Answer;
import dev.sluice.gateway.console.EventFinder.Held;
import dev.sluice.gateway.console.EventFinder.History;
import dev.sluice.gateway.console.EventFinder.Match;
import dev.sluice.gateway.console.Question.Kind;
import dev.sluice.gateway.hub.EventSight;
import dev.sluice.gateway.replay.Arrival;
import dev.sluice.gateway.replay.Arrival.Way;
import dev.sluice.gateway.session.CloseReason;
import dev.sluice.gateway.session.Fate;
import dev.sluice.gateway.session.SessionReport;
import dev.sluice.gateway.session.TracedEvent;
import dev.sluice.gateway.session.TracedSession;
import dev.sluice.stream.EventAttributes;
import dev.sluice.stream.Position;
import dev.sluice.stream.StreamKey;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TraceReportsTest {

    private static final Position PLACE = new Position("e1", 7);
    private static final Match MATCH =
            new Match(PLACE, Optional.of(new Held(new EventAttributes("/orders", "1", "order.paid"), 1_000, 120)));

    private static TracedSession session(String id, Fate fate, long since, long lastWrite) {
        SessionReport report =
                new SessionReport(id, Optional.of("42"), Optional.of("ann"), "websocket", 500, lastWrite, 0, 0, 1);
        return new TracedSession(
                report,
                fate,
                Optional.empty(),
                Optional.of(new Position("e1", 9)),
                0,
                OptionalLong.of(since),
                Optional.empty());
    }

    private static JsonObject node(OptionalLong completeSince, Arrival arrival, TracedSession... sessions) {
        Map<Fate, Long> counts = new HashMap<>(
                Arrays.stream(sessions).collect(Collectors.groupingBy(TracedSession::fate, Collectors.counting())));
        Optional<EventSight> sight = Optional.ofNullable(arrival)
                .map(way -> new EventSight(900, sessions.length, Optional.of(PLACE), 1, Optional.of(way)));
        return TraceReports.node(sight, new TracedSession.Page(counts, List.of(sessions), 3, completeSince));
    }

    private static Answer answer(String id, JsonObject body) {
        return new Answer(new JsonObject().put("id", id), body == null, Optional.ofNullable(body));
    }

    private static List<String> ids(JsonObject event) {
        List<String> ids = new ArrayList<>();
        event.getJsonArray("sessions").forEach(session -> ids.add(((JsonObject) session).getString("session")));
        return ids;
    }

    @Test
    void shouldPutTheNodesTogetherAndThoseFirstThatDidNotGetIt() {
        JsonObject one = node(
                OptionalLong.of(40),
                new Arrival(1_010, Way.PUSHED),
                session("a", Fate.BEHIND, 1, 1),
                session("b", Fate.DELIVERED, 900, 2_000));
        JsonObject other = node(OptionalLong.of(60), null, session("c", Fate.ENDED_BEFORE, 1, 1));

        JsonObject event =
                TraceReports.event(MATCH, List.of(answer("n1", one), answer("n2", other), answer("n3", null)), 50);

        assertThat(ids(event)).containsExactly("a", "c", "b");
        assertThat(event.getJsonObject("counts"))
                .isEqualTo(
                        new JsonObject().put("behind", 1L).put("delivered", 1L).put("ended_before", 1L));
        assertThat(event.getJsonObject("remembered"))
                .isEqualTo(new JsonObject().put("sessions", 6L).put("completeSince", 60L));
        assertThat(event.getJsonArray("silent")).containsExactly("n3");
        JsonArray nodes = event.getJsonArray("nodes");
        assertThat(nodes.getJsonObject(0).getJsonObject("arrival"))
                .isEqualTo(new JsonObject().put("at", 1_010L).put("way", "pushed"));
        assertThat(nodes.getJsonObject(1).getJsonObject("stream")).isNull();
        assertThat(nodes.getJsonObject(2).getBoolean("answers")).isFalse();
        assertThat(event.getJsonArray("sessions").getJsonObject(2).getString("node"))
                .isEqualTo("n1");
        assertThat(ids(TraceReports.event(MATCH, List.of(answer("n1", one), answer("n2", other)), 1)))
                .containsExactly("a");
    }

    @ParameterizedTest(name = "arrived {0}, followed since {1}, written to last {2}: from {3}")
    @CsvSource({
        "1010, 900, 2000, 1010",
        "1010, 1500, 2000, 1500",
        "0, 900, 2000, 1000",
        "0, 1500, 2000, 1500",
        "3000, 900, 2000, 2000",
    })
    void shouldSayBetweenWhichTimesItWasDelivered(long arrived, long since, long lastWrite, long from) {
        Arrival arrival = new Arrival(arrived, arrived == 0 ? Way.LOADED : Way.FETCHED);
        JsonObject body = node(OptionalLong.empty(), arrival, session("a", Fate.DELIVERED, since, lastWrite));

        JsonObject session = TraceReports.event(MATCH, List.of(answer("n1", body)), 50)
                .getJsonArray("sessions")
                .getJsonObject(0);

        assertThat(session.getLong("deliveredFrom")).isEqualTo(from);
        assertThat(session.getLong("deliveredBy")).isEqualTo(lastWrite);
        assertThat(session.containsKey("lastWrite")).isFalse();
    }

    @Test
    void shouldSayWhenAndHowASessionEnded() {
        TracedSession open = session("a", Fate.ENDED_BEFORE, 1, 1);
        TracedSession ended = new TracedSession(
                open.session(),
                open.fate(),
                open.reason(),
                open.cursor(),
                0,
                open.followsSince(),
                Optional.of(new TracedSession.Ended(77, CloseReason.SLOW_CONSUMER)));

        JsonObject shown =
                node(OptionalLong.empty(), null, ended).getJsonArray("sessions").getJsonObject(0);

        assertThat(shown.getJsonObject("ended"))
                .isEqualTo(new JsonObject().put("at", 77L).put("code", 4001).put("reason", "slow_consumer"));
        assertThat(shown.getString("cursor")).isEqualTo("e1:9");
    }

    @Test
    void shouldSayWhatItMeansThatTheEventIsNotThere() {
        assertThat(TraceReports.trace(new JsonObject(), Optional.empty(), List.of()))
                .isEqualTo(new JsonObject()
                        .put("outcome", "no_stream")
                        .putNull("stream")
                        .put("events", new JsonArray()));
        History history = new History(new Position("e1", 20), 11, OptionalLong.of(500), List.of());
        JsonObject trace = TraceReports.trace(new JsonObject(), Optional.of(history), List.of());
        assertThat(trace.getString("outcome")).isEqualTo("not_held");
        assertThat(trace.getJsonObject("stream"))
                .isEqualTo(
                        new JsonObject().put("head", "e1:20").put("oldest", 11L).put("oldestAt", 500L));
    }

    @Test
    void shouldSayOfWhatHasExpiredWhereItStoodAndWhatBecameOfIt() {
        Match expired = new Match(PLACE, Optional.empty());
        JsonObject body = node(OptionalLong.empty(), null, session("a", Fate.DELIVERED, 900, 2_000));

        JsonObject event = TraceReports.event(expired, List.of(answer("n1", body)), 50);

        assertThat(event.getString("position")).isEqualTo(PLACE.toString());
        for (String name : List.of("id", "source", "type", "committedAt", "bytes")) {
            assertThat(event.getMap()).containsEntry(name, null);
        }
        assertThat(event.getJsonArray("sessions").getJsonObject(0).getLong("deliveredFrom"))
                .isEqualTo(900);
        History history = new History(new Position("e1", 20), 11, OptionalLong.of(500), List.of(expired));
        assertThat(TraceReports.trace(new JsonObject(), Optional.of(history), List.of(event))
                        .getString("outcome"))
                .isEqualTo("not_held");
    }

    @Test
    void shouldAskAnotherNodeForTheSame() {
        TracedEvent event = new TracedEvent(new StreamKey("42", "finance"), PLACE, Optional.of("ann"));
        Question question = Question.trace(event, 20);
        assertThat(Question.parse(new JsonObject(question.toJson().encode()))).isEqualTo(question);
        Question plain = Question.of(Kind.OVERVIEW);
        assertThat(Question.parse(new JsonObject(plain.toJson().encode()))).isEqualTo(plain);
    }
}
