// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A refusal says what is wrong without saying all of it again. */
class EventParserReasonTest {

    @ParameterizedTest
    @ValueSource(strings = {"\"source\":\"::%s\"", "\"source\":\"/a\",\"time\":\"%s\"", "\"source\":\"/a\",\"%s\":1"})
    void shouldQuoteABeginningOnlyWhenWhatIsWrongIsLong(String member) {
        String json =
                "{\"specversion\":\"1.0\",\"id\":\"1\",\"type\":\"t\"," + member.formatted("Xy_".repeat(10_000)) + "}";

        InvalidEventException refusal =
                catchThrowableOfType(InvalidEventException.class, () -> EventParser.parse(json.getBytes(UTF_8)));

        assertThat(refusal.getMessage()).contains("Xy_Xy_").hasSizeLessThanOrEqualTo(501);
    }
}
