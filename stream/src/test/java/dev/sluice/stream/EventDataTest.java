// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.management.ThreadMXBean;
import io.cloudevents.CloudEvent;
import io.cloudevents.jackson.JsonFormat;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The data is checked, and otherwise passed over: whatever it is and wherever it stands, the rest is read as the SDK reads all. */
class EventDataTest {

    private static final String[] VALUES = {
        "{}",
        "{\"org\":\"other\",\"data\":{\"id\":\"no\"}}",
        "[]",
        "[1,[2,{\"a\":[]}],\"}\"]",
        "\"\"",
        "\"text with \\\" and , and } and ü and \uD83D\uDE00\"",
        "0",
        "-12.5e3",
        "9".repeat(1_000),
        "true",
        "false",
        "null"
    };

    static Stream<String> events() {
        String before = "\"specversion\":\"1.0\",\"id\":\"ü\uD83D\uDE00\",\"source\":\"/s\"";
        String after = "\"type\":\"t\",\"org\":\"acme\",\"service\":\"finance\"";
        return Stream.of(VALUES).flatMap(value -> Stream.of("", " \n\t").flatMap(space -> {
            String data = space + "\"data\"" + space + ":" + space + value + space;
            return Stream.of(
                    "{" + data + "," + before + "," + after + "}",
                    "{" + before + "," + data + "," + after + "}" + space,
                    space + "{" + before + "," + after + "," + data + "}");
        }));
    }

    @ParameterizedTest
    @MethodSource("events")
    void shouldReadTheRestAsTheSdkDoes(String json) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        CloudEvent whole = new JsonFormat().deserialize(bytes);

        Event event = EventParser.parse(bytes);

        assertThat(event.id()).isEqualTo(whole.getId()).isEqualTo("ü\uD83D\uDE00");
        assertThat(event.source()).isEqualTo(whole.getSource().toString());
        assertThat(event.key()).isEqualTo(new StreamKey("acme", "finance"));
        assertThat(Objects.requireNonNull(whole.getExtension("org"))).isEqualTo("acme");
        assertThat(new String(event.json(), StandardCharsets.UTF_8)).isEqualTo(json.replace('\n', ' '));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "[1]", "7", "true"})
    void shouldRefuseDataThatIsNoTextWhenItsTypeIsNotJson(String value) {
        byte[] bytes = event("\"datacontenttype\":\"text/plain\",\"data\":" + value);

        assertThatExceptionOfType(InvalidEventException.class)
                .isThrownBy(() -> EventParser.parse(bytes))
                .withMessageContaining("data");
        assertThat(EventParser.parse(event("\"datacontenttype\":\"text/plain\",\"data\":\"1\""))
                        .key()
                        .org())
                .isEqualTo("acme");
    }

    /** They have one hash in the tables in which Jackson keeps names, which refuse that, and take milliseconds to fill with others. */
    @Test
    void shouldKeepNoNamesOfTheData() {
        String members = IntStream.range(0, 1_000)
                .mapToObj(i -> IntStream.range(0, 10)
                        .mapToObj(bit -> (i >> bit & 1) == 0 ? "Ab" : "BA")
                        .collect(Collectors.joining("", "\"", "\":1")))
                .collect(Collectors.joining(",", "{", "}"));

        assertThat(EventParser.parse(event("\"data\":" + members)).id()).isEqualTo("1");
    }

    /** An object for each of its 21 000 comes to 35 times the size of the event, the characters of it to four times. */
    @Test
    void shouldMakeNoObjectsOfTheData() {
        byte[] bytes = event("\"data\":[" + "{},".repeat(21_000) + "0]");
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        EventParser.parse(bytes); // what is loaded on first use is not to be counted

        long before = threads.getCurrentThreadAllocatedBytes();
        EventParser.parse(bytes);

        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(10L * bytes.length);
    }

    @Test
    void shouldTakeSoManyAttributesAndNotMore() {
        String most = IntStream.range(0, EventParser.MAX_ATTRIBUTES - 6)
                .mapToObj(i -> "\"x" + i + "\":1")
                .collect(Collectors.joining(","));

        assertThat(EventParser.parse(event(most)).id()).isEqualTo("1");
        assertThatExceptionOfType(InvalidEventException.class)
                .isThrownBy(() -> EventParser.parse(event(most + ",\"data\":1")))
                .withMessage("the event has more than 100 attributes");
    }

    private static byte[] event(String more) {
        return ("{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"org\":\"acme\",\"service\":\"finance\","
                        + more + "}")
                .getBytes(StandardCharsets.UTF_8);
    }
}
