// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The examples of docs/protocol.md say what its normative tables say: documents that nothing reads drift. */
class ProtocolExamplesTest {

    private static final Pattern BLOCK = Pattern.compile("```json\\R(.*?)```", Pattern.DOTALL);
    private static final Pattern TABLE_ROW = Pattern.compile("(?m)^\\| (`[a-z]+`(?:(?:, | / )`[a-z]+`)*) \\|");
    private static final Pattern CODE = Pattern.compile("`([a-z]+)`");

    private final String document = read();
    private final List<JsonObject> frames = frames();

    @Test
    void shouldShowEveryFrameThatTheTablesName() {
        String tables =
                document.substring(document.indexOf("### client to server"), document.indexOf("### close codes"));
        Set<String> named = TABLE_ROW
                .matcher(tables)
                .results()
                .flatMap(row -> CODE.matcher(row.group(1)).results())
                .map(code -> code.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> shown =
                frames.stream().map(frame -> frame.getString("type")).collect(Collectors.toCollection(TreeSet::new));

        assertThat(named).contains("handshake", "unsubscribe", "welcome", "event", "error");
        assertThat(shown).isEqualTo(named);
    }

    @Test
    void shouldBeginEveryFrameWithItsType() {
        assertThat(frames)
                .allSatisfy(frame ->
                        assertThat(frame.fieldNames().iterator().next()).isEqualTo("type"));
    }

    @Test
    void shouldCarryEventsThatSluiceAccepts() {
        List<JsonObject> events = frames.stream()
                .filter(frame -> "event".equals(frame.getString("type")))
                .flatMap(frame -> frame.getJsonArray("events").stream())
                .map(JsonObject.class::cast)
                .toList();

        assertThat(events).hasSizeGreaterThan(2);
        assertThat(events).allSatisfy(event -> assertThat(
                        EventParser.parse(event.toBuffer().getBytes()).key().service())
                .isEqualTo("finance"));
    }

    @Test
    void shouldShowPositionsThatCanBe() {
        List<JsonObject> positions = frames.stream()
                .flatMap(ProtocolExamplesTest::positions)
                .filter(position -> position.containsKey("seq"))
                .toList();

        assertThat(positions).hasSizeGreaterThan(10);
        assertThat(positions)
                .allSatisfy(position -> assertThat(new Position(position.getString("epoch"), position.getLong("seq")))
                        .isNotNull());
    }

    /** The frame itself where it has an epoch, and those in its {@code cursors} and {@code heads}. */
    private static Stream<JsonObject> positions(JsonObject frame) {
        Stream<JsonObject> nested = Stream.of("cursors", "heads")
                .map(frame::getJsonObject)
                .filter(vector -> vector != null)
                .flatMap(vector -> vector.stream().map(entry -> entry.getValue()))
                .filter(JsonObject.class::isInstance)
                .map(JsonObject.class::cast);
        return Stream.concat(Stream.of(frame).filter(self -> self.containsKey("epoch")), nested);
    }

    private List<JsonObject> frames() {
        Matcher blocks = BLOCK.matcher(document);
        return blocks.results()
                .map(block -> Json.decodeValue(block.group(1)))
                .flatMap(value -> value instanceof JsonArray array ? array.stream() : Stream.of(value))
                .map(JsonObject.class::cast)
                .toList();
    }

    private static String read() {
        try {
            return Files.readString(Path.of("../docs/protocol.md"));
        } catch (IOException e) {
            throw new AssertionError("docs/protocol.md is not beside the modules", e);
        }
    }
}
