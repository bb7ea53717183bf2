// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.sluice.stream.EventParser;
import dev.sluice.stream.InvalidEventException;
import dev.sluice.stream.fuzz.Accepted;
import dev.sluice.stream.fuzz.Cost;
import java.util.List;

/** A batch of events: refused, or cut into what stands between the brackets and commas, byte for byte. */
class BatchSlicerFuzzTest {

    @FuzzTest
    void batch(byte[] body) {
        List<byte[]> slices;
        try {
            slices = Cost.bounded(body.length, () -> Slices.of(body));
        } catch (RefusedException e) {
            Accepted.reason(e.getMessage());
            return;
        }
        assertThat(slices).hasSizeLessThanOrEqualTo(BatchSlicer.MAX_EVENTS);
        checkWhatStandsBetween(new String(body, ISO_8859_1), slices);
        for (byte[] slice : slices) {
            try {
                Accepted.event(EventParser.parse(slice, "acme", "finance"));
            } catch (InvalidEventException e) {
                Accepted.reason(e.getMessage());
            }
        }
    }

    /** Without the slices, in their places, brackets, commas and spaces are left. */
    private static void checkWhatStandsBetween(String body, List<byte[]> slices) {
        StringBuilder rest = new StringBuilder();
        int at = 0;
        for (byte[] bytes : slices) {
            String slice = new String(bytes, ISO_8859_1);
            assertThat(slice).startsWith("{").endsWith("}");
            int start = body.indexOf(slice, at);
            assertThat(start).isNotNegative();
            rest.append(body, at, start);
            at = start + slice.length();
        }
        rest.append(body.substring(at));
        assertThat(rest.toString().replaceAll("[ \t\r\n]", ""))
                .isEqualTo("[" + ",".repeat(Math.max(0, slices.size() - 1)) + "]");
    }
}
