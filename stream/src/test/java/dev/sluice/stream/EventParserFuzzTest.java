// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.sluice.stream.fuzz.Accepted;
import dev.sluice.stream.fuzz.Cost;

/** Foreign bytes as an event: refused with a reason that is safe to show, or fit for every log, frame and browser. */
class EventParserFuzzTest {

    @FuzzTest
    void structured(byte[] json) {
        byte[] original = json.clone();
        Event event;
        try {
            event = Cost.bounded(json.length, () -> EventParser.parse(json, "acme", "finance"));
        } catch (InvalidEventException e) {
            Accepted.reason(e.getMessage());
            return;
        } finally {
            assertThat(json).as("the caller's bytes").isEqualTo(original);
        }
        assertThat(new String(event.json(), UTF_8))
                .isEqualTo(new String(original, UTF_8).replace('\n', ' ').replace('\r', ' '));
        Accepted.event(event);
    }
}
