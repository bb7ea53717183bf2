// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventAttributesTest {

    private static byte[] bytes(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void shouldReadWhatNamesAnEventAndSkipItsData() {
        Event event = EventParser.parse(
                bytes(
                        """
                {"data":{"id":"another","deep":[{"source":"/other"}]},"specversion":"1.0","org":"42","service":"finance",
                "type":"order.paid","id":"\\u00e9-\\"1\\"","source":"/orders?a=1"}"""));

        assertThat(EventAttributes.read(event.json()))
                .hasValue(new EventAttributes("/orders?a=1", "é-\"1\"", "order.paid"));
        assertThat(event.id()).as("the same as the log compared").isEqualTo("é-\"1\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "[]", "xxxx", "{\"id\":\"1\"}", "{\"id\":\"1\",\"source\":\"/s\",\"type\":\"t\",\"data\":"})
    void shouldSayOfOtherBytesThatTheyAreNone(String text) {
        assertThat(EventAttributes.read(bytes(text))).isEmpty();
    }
}
