// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.sluice.stream.StreamKey;
import dev.sluice.stream.fuzz.Accepted;
import dev.sluice.stream.fuzz.Cost;
import java.util.List;
import java.util.Optional;

/** The query of an upgrade: the first line is {@code services}, the second {@code cursor}, the third {@code lastSeq}. */
class QueryHandshakeFuzzTest {

    @FuzzTest
    void query(byte[] utf8) {
        List<String> lines = List.of(new String(utf8, UTF_8).split("\n", 3));
        QueryHandshake query = new QueryHandshake(lines.get(0), line(lines, 1), line(lines, 2));
        Cost.bounded(utf8.length, () -> {
            check(query);
            return true;
        });
    }

    private static Optional<String> line(List<String> lines, int index) {
        return index < lines.size() ? Optional.of(lines.get(index)) : Optional.empty();
    }

    private static void check(QueryHandshake query) {
        try {
            ClientMessage.Handshake handshake = query.toMessage();
            assertThat(handshake.services())
                    .isNotEmpty()
                    .allMatch(StreamKey::isService)
                    .doesNotHaveDuplicates();
            assertThat(handshake.cursors().keySet()).allMatch(StreamKey::isService);
            assertThat(handshake.token()).isEmpty();
        } catch (ClientMessageException e) {
            Accepted.reason(e.getMessage());
        }
    }
}
