// SPDX-License-Identifier: Apache-2.0
package dev.sluice.publisher.finance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What Jackson refuses in its own ways is a client's mistake, too, and no failure of the server. */
class RevenueRequestTest {

    static Stream<String> outOfAllBounds() {
        return Stream.of(
                "{\"amount\":1e99999999999,\"currency\":\"EUR\"}",
                "{\"amount\":" + "9".repeat(1_001) + ",\"currency\":\"EUR\"}",
                "{\"amount\":" + "[".repeat(1_500));
    }

    @ParameterizedTest
    @MethodSource("outOfAllBounds")
    void shouldNameTheBodyWhenJsonIsOutOfAllBounds(String body) {
        InvalidFieldException refusal =
                catchThrowableOfType(InvalidFieldException.class, () -> RevenueRequest.parse(body.getBytes(UTF_8)));

        assertThat(refusal.field()).isEqualTo("body");
        assertThat(refusal).hasMessageContaining("too long");
    }
}
