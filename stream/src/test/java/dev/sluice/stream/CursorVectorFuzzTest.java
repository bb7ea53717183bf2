// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.sluice.stream.fuzz.Accepted;
import dev.sluice.stream.fuzz.Cost;
import java.util.Map;
import java.util.stream.Collectors;

/** What a client says where it stands, as query parameter or {@code Last-Event-ID}. */
class CursorVectorFuzzTest {

    @FuzzTest
    void vector(byte[] utf8) {
        String text = new String(utf8, UTF_8);
        Map<String, Cursor> cursors;
        try {
            cursors = Cost.bounded(utf8.length, () -> CursorVector.parse(text));
        } catch (IllegalArgumentException e) {
            Accepted.reason(e.getMessage());
            return;
        }
        assertThat(cursors.keySet()).allMatch(StreamKey::isService);
        String again = cursors.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue().text())
                .collect(Collectors.joining(","));
        assertThat(CursorVector.parse(again)).isEqualTo(cursors);
        if (text.indexOf('0') < 0) {
            assertThat(again).isEqualTo(text); // only leading zeros are not kept
        }
    }
}
