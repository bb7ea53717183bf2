// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher.http;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.stream.http.Problem;
import java.nio.charset.Charset;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class BatchSlicerTest {

    @Provide
    Arbitrary<String> elements() {
        return Arbitraries.of(
                "{}",
                "{ }",
                "{\"a\":1.0E+2}",
                "{\"n\":\"Zoë 你好 😀 \\u00e9 \\\" ] } , [ {\"}",
                "{\"nested\":[{},[{}],{\"x\":null}] ,\t\"b\" : -0.0}",
                "{\"big\":123456789012345678901234567890.1234567890}");
    }

    @Provide
    Arbitrary<String> spaces() {
        return Arbitraries.of("", " ", "\n", "\r\n\t ", "      ");
    }

    @Property
    void shouldCutOutEveryElementAsItStands(
            @ForAll @Size(max = 30) List<@From("elements") String> elements, @ForAll @From("spaces") String space) {
        String batch = space + "[" + space + elements.stream().collect(Collectors.joining(space + "," + space)) + space
                + "]" + space;

        List<byte[]> slices = Slices.of(batch.getBytes(UTF_8));

        assertThat(slices.stream().map(slice -> new String(slice, UTF_8))).containsExactlyElementsOf(elements);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "[{},{},3]|2",
                "[{},null]|1",
                "[[]]|0",
                "[{},{|1",
                "[{},{}|2",
                "[{},|1",
                "[{} {}]|1",
                "[{},]|1",
                "[|0",
                "[{\"a\":tru}]|0",
                "[{\"a\":1]|0",
                "[{}, {\"a\":\"unended}]|1",
            })
    void shouldTellAtWhichElementItWentWrong(String batch, int index) {
        assertThat(refusal(batch.getBytes(UTF_8)).extensions()).containsEntry("index", index);
        assertThat(refusal(batch.getBytes(UTF_8)).status()).isEqualTo(400);
    }

    static Stream<Arguments> notArrays() {
        return Stream.of(
                Arguments.of("{}", UTF_8),
                Arguments.of("", UTF_8),
                Arguments.of("1", UTF_8),
                Arguments.of("[] []", UTF_8),
                Arguments.of("[]x", UTF_8),
                Arguments.of("nonsense", UTF_8),
                Arguments.of("\uFEFF[]", UTF_8),
                Arguments.of("[{\"a\":1}]", UTF_16LE),
                Arguments.of(" [{\"a\":1}]", UTF_16BE),
                Arguments.of("[{\"a\":1}]", Charset.forName("UTF-32")));
    }

    @ParameterizedTest
    @MethodSource("notArrays")
    void shouldRefuseWhatIsNoArrayInUtf8(String batch, Charset charset) {
        assertThat(refusal(batch.getBytes(charset)).status()).isEqualTo(400);
    }

    @Test
    void shouldRefuseOneEventTooManyAndTakeOneLess() {
        assertThat(Slices.of(batchOf(1_000))).hasSize(1_000);
        assertThat(refusal(batchOf(1_001)).status()).isEqualTo(413);
    }

    @Test
    void shouldRefuseDeepNesting() {
        assertThat(refusal(("[" + "{\"a\":".repeat(101) + "1" + "}".repeat(101) + "]").getBytes(UTF_8))
                        .status())
                .isEqualTo(400);
    }

    private static byte[] batchOf(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "{}")
                .collect(Collectors.joining(",", "[", "]"))
                .getBytes(UTF_8);
    }

    private static Problem refusal(byte[] batch) {
        List<Problem> problems = new java.util.ArrayList<>();
        assertThatThrownBy(() -> Slices.of(batch))
                .asInstanceOf(InstanceOfAssertFactories.type(RefusedException.class))
                .satisfies(refused -> problems.add(refused.problem()));
        return problems.get(0);
    }
}
