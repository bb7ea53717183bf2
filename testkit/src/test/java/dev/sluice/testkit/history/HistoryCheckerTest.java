// SPDX-License-Identifier: Apache-2.0
package dev.sluice.testkit.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.stream.Position;
import dev.sluice.testkit.history.HistoryChecker.Allowance;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class HistoryCheckerTest {

    private static final String ORG = "acme";
    private static final String SERVICE = "finance";
    private static final String SOURCE = "/shop";

    private final History history = new History();
    private long now;

    @Test
    void shouldMeasureHowLongAFaultWasNoticed() {
        connect("reader", 1, null, "e1", 0);
        history.append(new Entry.Fault(1000, 1, "kill9", "node-0"));
        history.append(new Entry.Closed(1010, "reader", 1, 1006));
        history.append(new Entry.Connected(3000, "reader", 2, "node-1", ORG));
        history.append(
                new Entry.Subscribed(3500, "reader", 2, SERVICE, new Position("e1", 0), "e1", 0, true, null, 0L));
        history.append(new Entry.Healed(5000, 1));
        history.append(new Entry.Fault(6000, 2, "pause", "node-1"));
        history.append(new Entry.Healed(7000, 2));

        Report report = HistoryChecker.check(history);

        assertThat(report.recoveries()).containsExactly(new Recovery(1, "kill9", 2500), new Recovery(2, "pause", 0));
        assertThat(report.count("resumedOnAnotherNode")).isEqualTo(1);
    }

    @Test
    void shouldMeasureHowLongAnAcknowledgementTook() {
        history.append(new Entry.Fault(1000, 1, "pause", "node-0"));
        history.append(new Entry.Attempted(1100, "publisher", ORG, SERVICE, SOURCE, "a"));
        history.append(new Entry.Acknowledged(5100, "publisher", ORG, SERVICE, SOURCE, "a", "e1", 1, false));

        assertThat(HistoryChecker.check(history).recoveries()).containsExactly(new Recovery(1, "pause", 4100));
    }

    @Test
    void shouldSayNeverWhenASubscriberDoesNotComeBack() {
        connect("reader", 1, null, "e1", 0);
        history.append(new Entry.Fault(1000, 1, "kill9", "node-0"));
        history.append(new Entry.Closed(1010, "reader", 1, 1006));

        assertThat(HistoryChecker.check(history).recoveries())
                .containsExactly(new Recovery(1, "kill9", Recovery.NEVER));
    }

    @Test
    void shouldAllowAnnouncedLossOnlyWhereItIsAllowed() {
        // Given an acknowledged event whose epoch is gone, as all were told
        connect("reader", 1, null, "e1", 0);
        publish("a", "e1", 1);
        history.append(new Entry.Gap(now, "reader", 1, SERVICE, "e2", 1, 0, "epoch_changed"));
        history.append(new Entry.Ended(now));

        assertThat(HistoryChecker.check(history, Allowance.ANNOUNCED_LOSS).isClean())
                .isTrue();
        assertThat(HistoryChecker.check(history, Allowance.NO_LOSS).violationCounts())
                .containsOnlyKeys(Promise.P4);
    }

    @Test
    void shouldNotAllowAGapOverAcknowledgedEventsWhereNothingMayBeLost() {
        connect("reader", 1, null, "e1", 0);
        publish("a", "e1", 1);
        history.append(new Entry.Gap(now, "reader", 1, SERVICE, "e1", 1, 1, "expired"));
        history.append(new Entry.Ended(now));

        assertThat(HistoryChecker.check(history, Allowance.NO_LOSS).violationCounts())
                .containsOnlyKeys(Promise.P4);
    }

    @Test
    void shouldShowOnlyTheHistoryAroundAViolation() {
        // Given much that has nothing to do with it
        connect("reader", 1, null, "e1", 0);
        connect("other", 1, null, "e1", 0);
        for (int seq = 1; seq <= 500; seq++) {
            publish("id-" + seq, "e1", seq);
            deliver("other", "id-" + seq, seq);
            if (seq != 300) {
                deliver("reader", "id-" + seq, seq);
            }
        }

        Report report = HistoryChecker.check(history);

        assertThat(report.violations()).hasSize(1);
        Violation violation = report.violations().get(0);
        assertThat(violation.promise()).isEqualTo(Promise.P3);
        assertThat(violation.words()).contains("reader").contains("300 to 300");
        assertThat(violation.around()).hasSizeLessThan(12).allSatisfy(entry -> assertThat(entry.toString())
                .doesNotContain("other"));
        assertThat(report.print(7L)).contains("seed 7").contains("1 violations");
    }

    @Test
    void shouldNotJudgeCompletenessBeforeTheEnd() {
        connect("reader", 1, null, "e1", 0);
        publish("a", "e1", 1);

        Report report = HistoryChecker.check(history);

        assertThat(report.isClean()).isTrue();
        assertThat(report.completenessJudged()).isFalse();
    }

    @Test
    void shouldFindAnEpochThatNobodyAnnounced() {
        connect("reader", 1, null, "e1", 0);
        publish("a", "e1", 1);
        deliver("reader", "a", 1);
        publish("b", "e2", 1);
        history.append(new Entry.Ended(now));

        assertThat(HistoryChecker.check(history).violationCounts()).containsOnlyKeys(Promise.P3);
    }

    @Test
    @Timeout(60)
    void shouldCheckAMillionEntriesInSeconds() {
        connect("reader", 1, null, "e1", 0);
        for (int seq = 1; seq <= 333_000; seq++) {
            publish("id-" + seq, "e1", seq);
            deliver("reader", "id-" + seq, seq);
        }
        history.append(new Entry.Ended(now));
        long began = System.nanoTime();

        Report report = HistoryChecker.check(history);

        assertThat(report.isClean()).isTrue();
        assertThat(report.count("deliveries")).isEqualTo(333_000);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(30));
    }

    private void connect(String subscriber, long connection, Position cursor, String epoch, long seq) {
        history.append(new Entry.Connected(now, subscriber, connection, "node-0", ORG));
        history.append(new Entry.Subscribed(
                now, subscriber, connection, SERVICE, cursor, epoch, seq, cursor == null ? null : true, null, null));
    }

    private void publish(String id, String epoch, long seq) {
        history.append(new Entry.Attempted(now++, "publisher", ORG, SERVICE, SOURCE, id));
        history.append(new Entry.Acknowledged(now++, "publisher", ORG, SERVICE, SOURCE, id, epoch, seq, false));
    }

    private void deliver(String subscriber, String id, long seq) {
        history.append(new Entry.Delivered(now++, subscriber, 1, SERVICE, "e1", seq, SOURCE, id, ORG));
    }
}
