// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.replay.ReplayBuffer.Limits;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One writer, several readers, real threads: a reader gets the next event, or learns that it is gone, and never a wrong one. */
@Timeout(60)
class ReplayBufferConcurrencyTest {

    private static final int EVENTS = 150_000;
    private static final int READERS = 3;

    private record Walk(long read, long missed) {}

    @Test
    void shouldGiveTheNextEventOrNoneWhenTheRingIsReusedUnderTheReaders() throws Exception {
        TestBatches batches = new TestBatches(0);
        // A small ring that wraps thousands of times, so that readers meet cleared and reused slots.
        ReplayBuffer buffer = new ReplayBuffer(TestBatches.EPOCH, 0, new Limits(8, 1 << 20, 60_000));
        CyclicBarrier start = new CyclicBarrier(READERS + 1);
        ExecutorService threads = Executors.newFixedThreadPool(READERS);
        List<Future<Walk>> walks = new ArrayList<>();
        for (int i = 0; i < READERS; i++) {
            // Some read on at once; one pauses now and then, and so falls out.
            int pauseEvery = i == 0 ? 50 : Integer.MAX_VALUE;
            walks.add(threads.submit(reader(buffer, start, pauseEvery)));
        }
        start.await();
        while (buffer.head() < EVENTS) {
            long next = buffer.head() + 1;
            buffer.append(batches.batch(next, (int) Math.min(1 + next % 3, EVENTS - next + 1), 0));
        }
        threads.shutdown();
        assertThat(threads.awaitTermination(50, TimeUnit.SECONDS)).isTrue();
        long missed = 0;
        for (Future<Walk> walk : walks) {
            assertThat(walk.get().read() + walk.get().missed()).isEqualTo(EVENTS);
            assertThat(walk.get().read()).isPositive();
            missed += walk.get().missed();
        }
        assertThat(missed).as("no reader ever fell out: the test shows nothing").isPositive();
    }

    private static Callable<Walk> reader(ReplayBuffer buffer, CyclicBarrier start, int pauseEvery) {
        return () -> {
            start.await();
            long cursor = 0;
            long read = 0;
            long missed = 0;
            long steps = 0;
            while (cursor < EVENTS) {
                if (++steps % pauseEvery == 0) {
                    awaitHead(buffer, Math.min(EVENTS, cursor + 40));
                }
                if (cursor >= buffer.head()) {
                    Thread.onSpinWait();
                    continue;
                }
                long to = next(buffer, cursor);
                if (to == cursor) {
                    to = awaitOldest(buffer, cursor) - 1;
                    missed += to - cursor;
                } else {
                    read += to - cursor;
                }
                cursor = to;
            }
            return new Walk(read, missed);
        };
    }

    /** Reads whole frames and cut ones by turns; returns how far it came. */
    private static long next(ReplayBuffer buffer, long cursor) {
        EventFrame frame = cursor % 2 == 0 ? buffer.frameAfter(cursor) : null;
        if (frame != null) {
            if (frame.firstSeq() != cursor + 1) {
                throw new AssertionError("frame begins at " + frame.firstSeq() + ", cursor is " + cursor);
            }
            return frame.lastSeq();
        }
        long seq = cursor;
        for (byte[] event : buffer.range(cursor, cursor + 5, 1 << 20).events()) {
            seq++;
            if (TestBatches.seqOf(event) != seq) {
                throw new AssertionError("event " + TestBatches.seqOf(event) + " in the place of " + seq);
            }
        }
        return seq;
    }

    /** What was missed is gone: the writer is about to say so, if it has not yet. And it does not come back. */
    private static long awaitOldest(ReplayBuffer buffer, long cursor) {
        long oldest = buffer.oldest();
        while (oldest <= cursor + 1) {
            if (next(buffer, cursor) != cursor) {
                throw new AssertionError("event " + (cursor + 1) + " was missed although it is there");
            }
            oldest = buffer.oldest();
        }
        return oldest;
    }

    private static void awaitHead(ReplayBuffer buffer, long seq) {
        while (buffer.head() < seq) {
            Thread.onSpinWait();
        }
    }
}
