// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** P8: what is remembered of sessions that are over is bounded. */
class EndedSessionsTest {

    private final EndedSessions ended = new EndedSessions();

    private static EndedSession session(int number, int streams) {
        Map<String, Place> places = new HashMap<>();
        for (int i = 0; i < streams; i++) {
            places.put("s" + i, null);
        }
        SessionReport report = new SessionReport(
                "session-" + number, Optional.of("42"), Optional.empty(), "websocket", 0, 0, 0, 0, streams);
        return new EndedSession(report, CloseReason.CLIENT_GONE, number, places);
    }

    private List<Long> remembered() {
        List<Long> times = new ArrayList<>();
        ended.forEach(session -> times.add(session.at()));
        return times;
    }

    @Test
    void shouldForgetTheOldestAndSaySinceWhenNoneIsMissing() {
        for (int i = 1; i <= EndedSessions.MAX_SESSIONS; i++) {
            ended.add(session(i, 1));
        }
        assertThat(ended.completeSince()).isEmpty();
        assertThat(remembered()).hasSize(EndedSessions.MAX_SESSIONS).startsWith(1L);

        ended.add(session(1_000, 1));

        assertThat(ended.size()).isEqualTo(EndedSessions.MAX_SESSIONS);
        assertThat(remembered()).startsWith(2L).endsWith(1_000L);
        assertThat(ended.completeSince()).hasValue(2);
    }

    @Test
    void shouldRememberFewerWhenTheyFollowedMany() {
        for (int i = 1; i <= 30; i++) {
            ended.add(session(i, 100));
        }
        assertThat(ended.size()).isEqualTo(EndedSessions.MAX_STREAMS / 100);

        ended.add(session(31, 2 * EndedSessions.MAX_STREAMS));

        assertThat(remembered()).as("the last one always").containsExactly(31L);
    }
}
