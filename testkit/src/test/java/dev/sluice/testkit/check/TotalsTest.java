// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testkit.history.Entry;
import dev.sluice.testkit.history.History;
import dev.sluice.testkit.history.HistoryChecker;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TotalsTest {

    private final Totals totals = new Totals();
    private long connection;

    @Test
    void shouldNotCountAsErrorsWhatHappensWhenNodesAreReplacedInOrder() {
        totals.add(HistoryChecker.check(history(0, 1001, 4005)));

        assertThat(totals.errors()).isEmpty();
        assertThat(totals.print()).containsPattern("closed 4005 +1\\b");
    }

    @Test
    void shouldCountWhatClientsNotice() {
        History history = history(1006, 4006, 4006, 4005);
        history.append(new Entry.NotConnected(20, "ann", "a:1", "503"));
        history.append(new Entry.Attempted(21, "shop", "acme", "orders", "/shop", "1"));
        history.append(new Entry.Unknown(22, "shop", "acme", "orders", "/shop", "1", "HTTP 502"));
        history.append(new Entry.Attempted(23, "shop", "acme", "orders", "/shop", "1"));
        history.append(new Entry.Refused(24, "shop", "acme", "orders", "/shop", "1", "429"));
        totals.add(HistoryChecker.check(history));
        totals.add(HistoryChecker.check(history(1006)));

        assertThat(totals.errors())
                .isEqualTo(
                        Map.of("closed 1006", 2L, "closed 4006", 2L, "notConnected", 1L, "unknown", 1L, "refused", 1L));
    }

    @Test
    void shouldCountGapsAndPositionsThatWereNotHonoured() {
        History history = new History();
        history.append(new Entry.Connected(1, "ann", 1, "a:1", "acme"));
        history.append(new Entry.Subscribed(2, "ann", 1, "orders", null, "e1", 5, null, null, null));
        history.append(new Entry.Gap(3, "ann", 1, "orders", "e1", 6, 7, "expired"));
        totals.add(HistoryChecker.check(history));

        assertThat(totals.errors()).isEqualTo(Map.of("gaps expired", 1L));
    }

    private History history(int... codes) {
        History history = new History();
        for (int code : codes) {
            connection++;
            history.append(new Entry.Connected(connection, "ann", connection, "a:1", "acme"));
            history.append(new Entry.Closed(connection, "ann", connection, code));
        }
        return history;
    }
}
