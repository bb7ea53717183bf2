// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.console.ClusterDesk.Answer;
import dev.sluice.gateway.console.Question.Kind;
import dev.sluice.gateway.loop.Walk;
import dev.sluice.gateway.session.SessionSurvey;
import dev.sluice.gateway.session.TracedEvent;
import dev.sluice.gateway.simulation.CountingOutput;
import dev.sluice.gateway.simulation.SessionLimits;
import dev.sluice.gateway.simulation.Simulation;
import dev.sluice.gateway.simulation.TestClient;
import dev.sluice.stream.Position;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a node with ten thousand sessions on two loops answers operators: bounded in rows, in bytes, and in how long it holds the loop. */
class ConsoleScaleTest {

    private static final int SESSIONS = 10_000;
    private static final int LOOPS = 2;
    private static final int NODES = 20;

    /** Of a session with a name of usual length, as JSON. */
    private static final int BYTES_OF_A_ROW = 450;

    /** Processor time of one turn of the loop, in which no event is delivered; twenty times what it takes. */
    private static final long TURN_MS = 20;

    private static final int ROUNDS = 5;

    private static Simulation simulation;
    private static NodeDesk desk;

    @BeforeAll
    static void fill() {
        simulation = Simulation.with()
                .sessionLoops(LOOPS)
                .session(new SessionLimits().connections(1, SESSIONS, SESSIONS).options())
                .create();
        for (int i = 0; i < SESSIONS; i++) {
            String user = "user-%05d@department.example".formatted(i);
            simulation.acceptReader(user);
            simulation
                    .node()
                    .sessionLoop(i % LOOPS)
                    .open(new CountingOutput(false), Optional.empty(), Optional.empty())
                    .onText(TestClient.message("handshake")
                            .put("token", user)
                            .put("services", new JsonArray().add("finance"))
                            .encode());
            simulation.time().settle();
        }
        simulation.publisher().publish(Simulation.FINANCE, 1);
        simulation.time().settle();
        desk = new NodeDesk(
                new NodeDesk.Node("node-1", Optional::empty, JsonObject::new, () -> {}),
                new SessionSurvey(() -> List.of(
                        simulation.node().sessionLoop(0), simulation.node().sessionLoop(1))),
                () -> simulation.node().hub(),
                new SimpleMeterRegistry());
    }

    private static Question question(Kind kind, int limit) {
        if (kind == Kind.TRACE) {
            String epoch = simulation.log().peek(Simulation.FINANCE, 1).epoch();
            return Question.trace(new TracedEvent(Simulation.FINANCE, new Position(epoch, 1), Optional.empty()), limit);
        }
        return new Question(kind, "", false, limit);
    }

    private static JsonObject answer(Kind kind, int limit) {
        Future<Optional<JsonObject>> answer = desk.answer(question(kind, limit));
        simulation.time().settle();
        return answer.result().orElseThrow();
    }

    @ParameterizedTest
    @EnumSource(names = {"SESSIONS", "TRACE"})
    void shouldCountAllAndSendNoMoreRowsAndBytesThanWereAskedFor(Kind kind) {
        for (int limit : List.of(50, Question.MAX_LIMIT)) {
            JsonObject answer = answer(kind, limit);

            assertThat(answer.getJsonArray("sessions")).hasSize(limit);
            assertThat(answer.encode().length()).isBetween(limit * 100, limit * BYTES_OF_A_ROW);
        }
        JsonObject answer = answer(kind, 50);
        assertThat(kind == Kind.TRACE ? answer.getJsonObject("counts").getLong("delivered") : answer.getLong("total"))
                .isEqualTo(SESSIONS);
    }

    @Test
    void shouldNotGrowWithTheNodes() {
        JsonObject answer = answer(Kind.SESSIONS, 50);
        List<Answer> answers = IntStream.range(0, NODES)
                .mapToObj(i -> new Answer(new JsonObject().put("id", "node-" + i), false, Optional.of(answer.copy())))
                .toList();

        JsonObject all = ClusterReports.sessions(answers, 50);

        assertThat(all.getLong("total")).isEqualTo((long) NODES * SESSIONS);
        assertThat(all.getJsonArray("sessions")).hasSize(50);
        assertThat(all.encode().length()).isLessThan(50 * BYTES_OF_A_ROW);
    }

    @ParameterizedTest
    @EnumSource(names = {"SESSIONS", "TRACE", "SESSION"})
    void shouldHoldTheLoopNoLongerThanAFewSessionsTake(Kind kind) {
        long best = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            best = Math.min(best, longestTurn(question(kind, Question.MAX_LIMIT)));
        }

        assertThat(Duration.ofNanos(best).toMillis()).as("ms of one turn").isLessThan(TURN_MS);
    }

    /** Processor nanoseconds, which are the same on a busy machine; and there are many turns. */
    private static long longestTurn(Question question) {
        Future<Optional<JsonObject>> answer = desk.answer(question);
        Random random = new Random(1);
        long longest = 0;
        int turns = 0;
        long before = cpuTime();
        while (simulation.time().step(random)) {
            long now = cpuTime();
            longest = Math.max(longest, now - before);
            before = now;
            turns++;
        }
        assertThat(answer.succeeded()).isTrue();
        assertThat(turns).isGreaterThanOrEqualTo(SESSIONS / Walk.A_TURN);
        return longest;
    }

    private static long cpuTime() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
}
