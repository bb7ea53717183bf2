// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sluice.gateway.replay.ReplayBuffer.Limits;
import dev.sluice.gateway.replay.ReplayBuffer.Range;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ReplayBufferTest {

    private static final long MANY_BYTES = 1L << 30;
    private static final long AGE = 60_000;
    private static final int FRAME_BYTES = 1 << 20;

    private final TestBatches batches = new TestBatches(10);

    @Test
    void shouldBeEmptyAfterItsHeadWhenNew() {
        ReplayBuffer buffer = buffer(7, 100, MANY_BYTES);
        assertThat(buffer.head()).isEqualTo(7);
        assertThat(buffer.oldest()).isEqualTo(8);
        assertThat(buffer.bytes()).isZero();
        assertThat(buffer.frameAfter(7)).isNull();
        assertThat(buffer.range(7, 100, FRAME_BYTES).events()).isEmpty();
        assertThat(buffer.epoch()).isEqualTo(TestBatches.EPOCH);
    }

    @Test
    void shouldGiveTheWholeFrameWhenTheCursorStandsBeforeABatch() {
        ReplayBuffer buffer = buffer(0, 100, MANY_BYTES);
        append(buffer, 3, 2, 5);
        assertThat(buffer.frameAfter(0).lastSeq()).isEqualTo(3);
        assertThat(buffer.frameAfter(3).firstSeq()).isEqualTo(4);
        assertThat(buffer.frameAfter(5).size()).isEqualTo(5);
        assertThat(buffer.frameAfter(10)).as("at the head").isNull();
        assertThat(buffer.frameAfter(11)).as("ahead").isNull();
    }

    @Test
    void shouldGiveNoFrameButARangeWhenTheCursorStandsInsideABatch() {
        ReplayBuffer buffer = buffer(0, 100, MANY_BYTES);
        append(buffer, 3, 5);
        assertThat(buffer.frameAfter(1)).isNull();
        assertThat(buffer.frameAfter(4)).isNull();
        assertRange(buffer.range(1, 8, FRAME_BYTES), 2, 8);
        assertRange(buffer.range(4, 6, FRAME_BYTES), 5, 6);
    }

    @Test
    void shouldEndARangeWhenAHundredEventsOrTheBytesAreReached() {
        ReplayBuffer buffer = buffer(0, 1_000, MANY_BYTES);
        append(buffer, 90, 90, 90);
        assertRange(buffer.range(0, 270, FRAME_BYTES), 1, 100);
        assertRange(buffer.range(200, 270, FRAME_BYTES), 201, 270);
        int size = batches.event(1).length;
        assertRange(buffer.range(0, 270, 3 * size), 1, 3);
        assertRange(buffer.range(0, 270, 1), 1, 1);
    }

    @Test
    void shouldTellTheTimeOfTheLastEventWhenARangeIsRead() {
        ReplayBuffer buffer = buffer(0, 100, MANY_BYTES);
        buffer.append(batches.batch(1, 3, 1_000));
        buffer.append(batches.batch(4, 3, 2_000));
        assertThat(buffer.range(0, 2, FRAME_BYTES).timestamp()).isEqualTo(1_001);
        assertThat(buffer.range(1, 5, FRAME_BYTES).timestamp()).isEqualTo(2_001);
    }

    @Test
    void shouldRefuseABatchWhenItDoesNotFollowTheHead() {
        ReplayBuffer buffer = buffer(0, 100, MANY_BYTES);
        append(buffer, 3);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> buffer.append(batches.batch(5, 1, 0)))
                .withMessage("batch begins at 5, head is 3");
        assertThatIllegalArgumentException().isThrownBy(() -> buffer.append(batches.batch(3, 1, 0)));
        assertThat(buffer.head()).isEqualTo(3);
        assertRange(buffer.range(0, 9, FRAME_BYTES), 1, 3);
    }

    @Test
    void shouldKeepAtLeastTheBoundOfEventsWhenBatchesGoOut() {
        ReplayBuffer buffer = buffer(0, 10, MANY_BYTES);
        append(buffer, 4, 4, 4);
        // Without the first batch only 8 would be left.
        assertThat(buffer.oldest()).isEqualTo(1);
        append(buffer, 2);
        assertThat(buffer.oldest()).isEqualTo(5);
        assertThat(buffer.head()).isEqualTo(14);
        assertThat(buffer.range(3, 14, FRAME_BYTES).events()).as("gone").isEmpty();
        assertRange(buffer.range(4, 14, FRAME_BYTES), 5, 14);
    }

    @Test
    void shouldKeepWithinItsBytesButNeverLoseTheNewestWhenBatchesAreLarge() {
        TestBatches large = new TestBatches(10_000);
        long one = large.batch(1, 1, 0).footprint();
        ReplayBuffer buffer = buffer(0, 100, 3 * one);
        for (int seq = 1; seq <= 5; seq++) {
            buffer.append(large.batch(seq, 1, 0));
        }
        assertThat(buffer.oldest()).isEqualTo(3);
        assertThat(buffer.bytes()).isEqualTo(3 * one);
        buffer.append(large.batch(6, 50, 0));
        assertThat(buffer.oldest()).isEqualTo(6);
        assertThat(buffer.frameAfter(5).size()).isEqualTo(50);
    }

    @Test
    void shouldLetGoOfWhatIsTooOldButNotOfTheNewestWhenItExpires() {
        ReplayBuffer buffer = buffer(0, 100, MANY_BYTES);
        buffer.append(batches.batch(1, 1, 1_000));
        buffer.append(batches.batch(2, 1, 2_000));
        buffer.append(batches.batch(3, 1, 3_000));
        buffer.expire(1_000 + AGE);
        assertThat(buffer.oldest()).as("exactly as old as allowed").isEqualTo(1);
        buffer.expire(1_001 + AGE);
        assertThat(buffer.oldest()).isEqualTo(2);
        buffer.expire(10_000 + AGE);
        assertThat(buffer.oldest()).isEqualTo(3);
        assertThat(buffer.head()).isEqualTo(3);
        assertThat(buffer.frameAfter(2)).isNotNull();
    }

    @Test
    void shouldHaltAtTheWantedBytesWhenTrimmed() {
        ReplayBuffer buffer = buffer(0, 100, MANY_BYTES);
        append(buffer, 1, 1, 1, 1);
        long all = buffer.bytes();
        buffer.trim(all / 2);
        assertThat(buffer.bytes()).isLessThanOrEqualTo(all / 2).isPositive();
        assertThat(buffer.oldest()).isEqualTo(3);
        assertRange(buffer.range(2, 4, FRAME_BYTES), 3, 4);
    }

    @Test
    void shouldGiveUpTheNewestAsWellWhenTrimmedToNothing() {
        ReplayBuffer buffer = buffer(0, 100, MANY_BYTES);
        append(buffer, 3, 3);
        buffer.trim(0);
        assertThat(buffer.bytes()).isZero();
        assertThat(buffer.head()).isEqualTo(6);
        assertThat(buffer.oldest()).isEqualTo(7);
        assertThat(buffer.frameAfter(3)).isNull();
        assertThat(buffer.range(5, 6, FRAME_BYTES).events()).isEmpty();
        append(buffer, 1);
        assertRange(buffer.range(6, 7, FRAME_BYTES), 7, 7);
    }

    @Test
    void shouldCountItsBytesRightWhenBatchesComeAndGo() {
        ReplayBuffer buffer = buffer(0, 5, MANY_BYTES);
        for (int seq = 1; seq <= 200; seq++) {
            buffer.append(batches.batch(seq, 1, 0));
        }
        long expected = LongStream.rangeClosed(196, 200)
                .map(seq -> batches.batch(seq, 1, 0).footprint())
                .sum();
        assertThat(buffer.bytes()).isEqualTo(expected);
    }

    @Test
    void shouldFindEveryEventWhenTheRingHasGrownAndWrapped() {
        ReplayBuffer buffer = buffer(0, 100, MANY_BYTES);
        for (int seq = 1; seq <= 1_000; seq++) {
            buffer.append(batches.batch(seq, 1, 0));
        }
        assertThat(buffer.oldest()).isEqualTo(901);
        for (long seq = 901; seq <= 1_000; seq++) {
            assertThat(buffer.frameAfter(seq - 1).firstSeq()).isEqualTo(seq);
        }
        assertThat(buffer.frameAfter(899)).isNull();
    }

    @Test
    void shouldHoldOlderEventsBeforeItsOwnWhenTheyArePutThere() {
        ReplayBuffer buffer = buffer(50, 100, MANY_BYTES);
        buffer.append(batches.batch(51, 5, 0));
        ReplayBuffer longer = buffer.withOlder(List.of(batches.batch(31, 10, 0), batches.batch(41, 10, 0)));
        assertThat(longer.oldest()).isEqualTo(31);
        assertThat(longer.head()).isEqualTo(55);
        assertRange(longer.range(30, 55, FRAME_BYTES), 31, 55);
        assertThat(buffer.oldest()).as("whoever still reads the old one").isEqualTo(51);
    }

    @Test
    void shouldHoldOlderEventsWhenItIsEmptyItself() {
        ReplayBuffer longer = buffer(50, 100, MANY_BYTES).withOlder(List.of(batches.batch(41, 10, 0)));
        assertThat(longer.oldest()).isEqualTo(41);
        assertThat(longer.head()).isEqualTo(50);
        longer.append(batches.batch(51, 1, 0));
        assertRange(longer.range(40, 51, FRAME_BYTES), 41, 51);
    }

    @Test
    void shouldRefuseOlderEventsWhenTheyDoNotEndWhereItBegins() {
        ReplayBuffer buffer = buffer(50, 100, MANY_BYTES);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> buffer.withOlder(List.of(batches.batch(41, 9, 0))))
                .withMessage("the older events end at 49, head is 50");
        buffer.append(batches.batch(51, 1, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> buffer.withOlder(List.of(batches.batch(41, 9, 0))));
    }

    @Test
    void shouldLetGoOfTheOldestOfTheOlderWhenTheBoundsAreReached() {
        ReplayBuffer buffer = buffer(50, 10, MANY_BYTES);
        buffer.append(batches.batch(51, 5, 0));
        ReplayBuffer longer =
                buffer.withOlder(List.of(batches.batch(36, 5, 0), batches.batch(41, 5, 0), batches.batch(46, 5, 0)));
        assertThat(longer.oldest()).isEqualTo(46);
        assertThat(longer.head()).isEqualTo(55);
    }

    private void append(ReplayBuffer buffer, int... sizes) {
        for (int size : sizes) {
            buffer.append(batches.batch(buffer.head() + 1, size, 0));
        }
    }

    private static void assertRange(Range range, long first, long last) {
        assertThat(range.firstSeq()).isEqualTo(first);
        assertThat(range.events())
                .extracting(TestBatches::seqOf)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(first, last).boxed().toList());
    }

    private static ReplayBuffer buffer(long head, int maxEvents, long maxBytes) {
        return new ReplayBuffer(TestBatches.EPOCH, head, new Limits(maxEvents, maxBytes, AGE));
    }
}
