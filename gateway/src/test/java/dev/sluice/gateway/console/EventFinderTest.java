// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.console;

import static dev.sluice.gateway.simulation.Simulation.FINANCE;
import static dev.sluice.gateway.simulation.Simulation.STAFF;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.admin.RefusedException;
import dev.sluice.gateway.console.EventFinder.Held;
import dev.sluice.gateway.console.EventFinder.History;
import dev.sluice.gateway.console.EventFinder.Match;
import dev.sluice.gateway.simulation.Simulation;
import dev.sluice.stream.Event;
import dev.sluice.stream.EventParser;
import dev.sluice.stream.Position;
import dev.sluice.stream.log.Commit;
import dev.sluice.stream.log.LogUnavailableException;
import dev.sluice.stream.log.ShardVersion;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class EventFinderTest {

    private Simulation simulation = Simulation.create();
    private int looks;

    private Future<List<Match>> aside(Callable<List<Match>> task) {
        looks++;
        try {
            return Future.succeededFuture(task.call());
        } catch (Exception e) {
            return Future.failedFuture(e);
        }
    }

    private Future<Optional<History>> begin(String id, Optional<String> source) {
        Future<Optional<History>> found =
                new EventFinder(simulation.node().hub(), this::aside).find(FINANCE, id, source);
        simulation.time().settle();
        return found;
    }

    private History find(String id) {
        return begin(id, Optional.empty()).result().orElseThrow();
    }

    private void publish(int count) {
        simulation.publisher().publish(FINANCE, count);
        simulation.time().settle();
    }

    private static Event event(String source, String id) {
        return EventParser.parse(new JsonObject()
                .put("specversion", "1.0")
                .put("id", id)
                .put("source", source)
                .put("type", "order.paid")
                .put("org", FINANCE.org())
                .put("service", FINANCE.service())
                .toBuffer()
                .getBytes());
    }

    @Test
    void shouldFindAnEventOfWhichNoNodeHoldsTheStream() {
        simulation.time().advance(1_000);
        publish(130);
        long committed = simulation.time().millis();
        simulation.time().advance(1_000);
        publish(120);

        History history = find("e130");

        String epoch = simulation.log().peek(FINANCE, 1).epoch();
        assertThat(history.matches()).hasSize(1);
        Match match = history.matches().get(0);
        assertThat(match.position()).isEqualTo(new Position(epoch, 130));
        Held held = match.held().orElseThrow();
        assertThat(held.committedAt()).isEqualTo(committed);
        assertThat(held.attributes().type()).isEqualTo("test.happened");
        assertThat(held.bytes()).isGreaterThan(50);
        assertThat(history.head()).isEqualTo(new Position(epoch, 250));
        assertThat(history.oldest()).isEqualTo(1);
        assertThat(history.oldestAt()).hasValue(committed);
        assertThat(looks).as("a slice at a time").isEqualTo(3);
        assertThat(find("e250").matches()).hasSize(1);
        assertThat(find("50").matches()).as("part of an id is none").isEmpty();
        assertThat(find("e25").matches().get(0).position().seq()).isEqualTo(25);
    }

    @Test
    void shouldSayHowFarBackTheLogReachesWhenItIsNotThere() {
        simulation = Simulation.with().logEvents(10).create();
        publish(20);
        simulation.time().advance(1_000);
        publish(15);
        simulation.log().sweep();

        History expired = find("e5");

        assertThat(expired.matches()).isEmpty();
        assertThat(expired.oldest()).isEqualTo(26);
        assertThat(expired.oldestAt()).hasValue(simulation.time().millis());
        assertThat(expired.head().seq()).isEqualTo(35);
        simulation.time().advance(3_600_000);
        simulation.log().sweep();
        History silent = find("e35");
        assertThat(silent.matches()).isEmpty();
        assertThat(silent.oldest()).isEqualTo(36);
        assertThat(silent.oldestAt()).isEmpty();
    }

    @Test
    void shouldShowTheEventsOfAllSourcesThatUseTheId() {
        List<Event> events = Stream.of("/a", "/b", "/c", "/d", "/e", "/f")
                .map(source -> event(source, "1"))
                .toList();
        simulation.log().commit(new Commit(0, UUID.randomUUID(), 1, events));

        assertThat(find("1").matches())
                .extracting(match -> match.held().orElseThrow().attributes().source())
                .containsExactly("/a", "/b", "/c", "/d", "/e");
        assertThat(begin("1", Optional.of("/f")).result().orElseThrow().matches())
                .extracting(match -> match.position().seq())
                .containsExactly(6L);
        assertThat(begin("1", Optional.of("/g")).result().orElseThrow().matches())
                .isEmpty();
    }

    private History at(String epoch, long seq) {
        Future<Optional<History>> found =
                new EventFinder(simulation.node().hub(), this::aside).find(FINANCE, new Position(epoch, seq));
        simulation.time().settle();
        return found.result().orElseThrow();
    }

    @Test
    void shouldFindWhatWasAcceptedByItsPositionAlsoWhenItHasExpired() {
        simulation = Simulation.with().logEvents(10).create();
        publish(20);
        simulation.time().advance(1_000);
        publish(15);
        simulation.log().sweep();
        String epoch = simulation.log().peek(FINANCE, 1).epoch();

        Match held = at(epoch, 30).matches().get(0);
        assertThat(held.position()).isEqualTo(new Position(epoch, 30));
        assertThat(held.held().orElseThrow().attributes().id()).isEqualTo("e30");
        assertThat(at(epoch, 26).matches().get(0).held()).isPresent();
        assertThat(at(epoch, 25).matches()).containsExactly(new Match(new Position(epoch, 25), Optional.empty()));
        assertThat(at(epoch, 25).oldest()).isEqualTo(26);
        assertThat(at(epoch, 35).matches()).hasSize(1);
        assertThat(at(epoch, 36).matches()).as("not yet").isEmpty();
        assertThat(at("another", 30).matches()).isEmpty();
        assertThat(at("another", 30).head()).isEqualTo(new Position(epoch, 35));
    }

    @Test
    void shouldNotMakeAStreamThatIsNotThere() {
        simulation.publisher().publish(STAFF, 1);

        assertThat(begin("e1", Optional.empty()).result()).isEmpty();

        assertThat(simulation.log().reads()).isZero();
        assertThat(simulation.log().changes(0, ShardVersion.NONE).result().heads())
                .containsOnlyKeys(STAFF);
    }

    @Test
    void shouldNotMixTwoEpochs() {
        publish(150);
        simulation.log().hold();
        Future<Optional<History>> found = begin("e1", Optional.empty());
        simulation.log().releaseOne();
        simulation.time().settle();
        simulation.log().loseEverything();
        publish(150);
        while (simulation.log().heldAnswers() > 0) {
            simulation.log().releaseOne();
            simulation.time().settle();
        }

        assertThat(found.cause()).isInstanceOf(RefusedException.class);
    }

    @Test
    void shouldFailWithTheLog() {
        publish(1);
        simulation.log().failNext(1);

        assertThat(begin("e1", Optional.empty()).cause()).isInstanceOf(LogUnavailableException.class);
    }
}
