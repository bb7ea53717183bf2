// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.replay.Resume.Reason;
import dev.sluice.stream.Cursor;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every edge of a replay (STYLE habit 13): where off-by-one lives. */
class ResumeTest {

    private static final String EPOCH = "e1";

    /** What is held, the cursor, and what becomes of it. */
    static Stream<Arguments> edges() {
        return Stream.of(
                // oldest 11, head 20
                recovered("all is held after oldest - 1", 11, 20, at(10), 10),
                recovered("oldest", 11, 20, at(11), 11),
                recovered("newest - 1", 11, 20, at(19), 19),
                recovered("newest: nothing is missing", 11, 20, at(20), 20),
                lost("oldest - 2: one event is gone", 11, 20, at(9), Reason.EXPIRED),
                lost("before the first, long ago", 11, 20, at(0), Reason.EXPIRED),
                lost("newest + 1: from another future", 11, 20, at(21), Reason.UNKNOWN_POSITION),
                // all from the first event on is held
                recovered("before the first event", 1, 20, at(0), 0),
                recovered("the first event", 1, 20, at(1), 1),
                // one event
                recovered("before the only event", 1, 1, at(0), 0),
                recovered("the only event", 1, 1, at(1), 1),
                lost("after the only event", 1, 1, at(2), Reason.UNKNOWN_POSITION),
                // a stream without events yet: oldest 1, head 0
                recovered("seq 0 of an empty stream", 1, 0, at(0), 0),
                lost("seq 1 of an empty stream", 1, 0, at(1), Reason.UNKNOWN_POSITION),
                // head 20, nothing of it held any more: oldest 21
                recovered("newest of an emptied history", 21, 20, at(20), 20),
                lost("newest - 1 of an emptied history", 21, 20, at(19), Reason.EXPIRED),
                lost("newest + 1 of an emptied history", 21, 20, at(21), Reason.UNKNOWN_POSITION),
                // another epoch: no seq makes up for it
                lost("other epoch, a seq that is held", 11, 20, other(15), Reason.EPOCH_CHANGED),
                lost("other epoch, newest", 11, 20, other(20), Reason.EPOCH_CHANGED),
                lost("other epoch, expired", 11, 20, other(3), Reason.EPOCH_CHANGED),
                lost("other epoch, ahead", 11, 20, other(99), Reason.EPOCH_CHANGED),
                lost("other epoch, seq 0 of an empty stream", 1, 0, other(0), Reason.EPOCH_CHANGED),
                // lastSeq: the epoch of now is assumed
                recovered("lastSeq oldest - 1", 11, 20, new Cursor.InCurrentEpoch(10), 10),
                recovered("lastSeq newest", 11, 20, new Cursor.InCurrentEpoch(20), 20),
                lost("lastSeq oldest - 2", 11, 20, new Cursor.InCurrentEpoch(9), Reason.EXPIRED),
                lost("lastSeq newest + 1", 11, 20, new Cursor.InCurrentEpoch(21), Reason.UNKNOWN_POSITION),
                recovered("lastSeq 0 of an empty stream", 1, 0, new Cursor.InCurrentEpoch(0), 0),
                // earliest: all that is held
                recovered("earliest", 11, 20, Cursor.EARLIEST, 10),
                recovered("earliest from the first event on", 1, 20, Cursor.EARLIEST, 0),
                recovered("earliest of an empty stream", 1, 0, Cursor.EARLIEST, 0),
                recovered("earliest of an emptied history", 21, 20, Cursor.EARLIEST, 20));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("edges")
    void shouldDecideWhenTheCursorIsAtAnEdge(String edge, long oldest, long head, Cursor cursor, Resume expected) {
        assertThat(Resume.decide(cursor, EPOCH, oldest, head)).isEqualTo(expected);
    }

    @Test
    void shouldStartAtTheHeadWithoutAVerdictWhenNoCursorIsGiven() {
        assertThat(Resume.decide(Cursor.LATEST, EPOCH, 11, 20))
                .isEqualTo(new Resume(20, 20, Optional.empty(), Optional.empty()));
        assertThat(Resume.decide(Cursor.LATEST, EPOCH, 1, 0))
                .isEqualTo(new Resume(0, 0, Optional.empty(), Optional.empty()));
    }

    @Test
    void shouldCountWhatIsReplayedWhenRecovered() {
        assertThat(Resume.decide(at(10), EPOCH, 11, 20).replayed()).isEqualTo(10);
        assertThat(Resume.decide(at(20), EPOCH, 11, 20).replayed()).isZero();
        assertThat(Resume.decide(at(9), EPOCH, 11, 20).replayed()).isZero();
    }

    @Test
    void shouldNameReasonsAsTheProtocolDoes() {
        assertThat(Reason.EPOCH_CHANGED.wire()).isEqualTo("epoch_changed");
        assertThat(Reason.EXPIRED.wire()).isEqualTo("expired");
        assertThat(Reason.UNKNOWN_POSITION.wire()).isEqualTo("unknown_position");
    }

    private static Cursor at(long seq) {
        return Cursor.at(EPOCH, seq);
    }

    private static Cursor other(long seq) {
        return Cursor.at("e2", seq);
    }

    private static Arguments recovered(String edge, long oldest, long head, Cursor cursor, long from) {
        return Arguments.of(edge, oldest, head, cursor, new Resume(from, head, Optional.of(true), Optional.empty()));
    }

    private static Arguments lost(String edge, long oldest, long head, Cursor cursor, Reason reason) {
        return Arguments.of(
                edge, oldest, head, cursor, new Resume(head, head, Optional.of(false), Optional.of(reason)));
    }
}
