// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.gateway.replay.EventFrame;
import dev.sluice.gateway.simulation.Allocations;
import dev.sluice.gateway.simulation.CountingOutput;
import dev.sluice.gateway.simulation.FanOut;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a delivery costs between the push and the socket, counted: it says the same on a busy machine. The socket itself is in
 * {@code WebSocketCostTest}.
 */
class DeliveryCostTest {

    private static final int SESSIONS = 100;
    private static final int WARM_UP = 300;
    private static final int ROUNDS = 200;

    /** To one more session a frame is written with nothing allocated. What is left is what collections grow by. */
    private static final double BYTES_PER_DELIVERY = 1;

    /** An event is copied once, into its frame. */
    private static final double COPIES_PER_EVENT = 1;

    /** Besides its bytes: what stands for it in lists until the frame is made. */
    private static final double BYTES_PER_EVENT = 80;

    /** And for each push and frame: headers, the parts of the buffer, tasks of two loops. */
    private static final double BYTES_PER_FRAME = 2_500;

    private static byte[] event(int length) {
        byte[] event = new byte[length];
        Arrays.fill(event, (byte) 'x');
        return event;
    }

    private static double allocatedPerRound(int sessions, int eventsPerFrame, int eventBytes) {
        FanOut fanOut = new FanOut(sessions, false);
        byte[] event = event(eventBytes);
        Runnable round = () -> {
            fanOut.push(event, eventsPerFrame);
            fanOut.settle();
        };
        Allocations.of(WARM_UP, round);
        double allocated = Allocations.of(ROUNDS, round);
        assertThat(fanOut.outputs())
                .allSatisfy(output -> assertThat(output.events()).isEqualTo((WARM_UP + ROUNDS) * eventsPerFrame));
        return allocated;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10})
    void shouldAllocateNothingForOneSessionMore(int eventsPerFrame) {
        double few = allocatedPerRound(SESSIONS, eventsPerFrame, 256);
        double many = allocatedPerRound(3 * SESSIONS, eventsPerFrame, 256);

        assertThat((many - few) / (2 * SESSIONS)).as("bytes for each delivery").isLessThan(BYTES_PER_DELIVERY);
    }

    @Test
    void shouldCopyAnEventOnceIntoItsFrame() {
        double small = allocatedPerRound(1, 10, 256);
        double large = allocatedPerRound(1, 10, 4_256);

        assertThat((large - small) / (10 * 4_000))
                .as("bytes allocated for each byte of an event")
                .isLessThan(COPIES_PER_EVENT * 1.01);
    }

    @Test
    void shouldAllocateLittleForAnEventBesidesItsBytes() {
        double one = allocatedPerRound(1, 1, 256);
        double many = allocatedPerRound(1, 51, 256);

        assertThat((many - one) / 50 - 256 * COPIES_PER_EVENT)
                .as("bytes for each event besides its own")
                .isLessThan(BYTES_PER_EVENT);
        assertThat(one - 256).as("bytes for each push and frame").isLessThan(BYTES_PER_FRAME);
    }

    @Test
    void shouldWriteOneFrameAndFlushOnceWhatCameInOneTurn() {
        FanOut fanOut = new FanOut(SESSIONS, false);

        for (int i = 0; i < 50; i++) {
            fanOut.push(event(256), 1);
        }
        fanOut.settle();

        assertThat(fanOut.outputs()).allSatisfy(output -> {
            assertThat(output.events()).isEqualTo(50);
            assertThat(output.frames()).isEqualTo(1);
            assertThat(output.flushes()).as("each is a system call").isEqualTo(1);
        });
    }

    @Test
    void shouldFlushOnceWhatNeedsSeveralFrames() {
        FanOut fanOut = new FanOut(3, false);

        fanOut.push(event(32 << 10), 1);
        fanOut.push(event(32 << 10), 3);
        fanOut.settle();

        assertThat(fanOut.outputs()).allSatisfy(output -> {
            assertThat(output.events()).isEqualTo(4);
            assertThat(output.frames()).isGreaterThan(1);
            assertThat(output.flushes()).isEqualTo(1);
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldEncodeAndDeflateABatchOnceForAllSessions(boolean deflate) {
        FanOut fanOut = new FanOut(SESSIONS, deflate);

        for (int i = 0; i < 5; i++) {
            fanOut.reset();
            fanOut.push(event(256), 10);
            fanOut.settle();

            EventFrame shared = fanOut.outputs().get(0).last();
            assertThat(fanOut.outputs()).allSatisfy(output -> {
                assertThat(output.frames()).isEqualTo(1);
                assertThat(output.deflatedFrames()).isEqualTo(deflate ? 1 : 0);
                assertThat(output.last()).as("the very same frame").isSameAs(shared);
            });
        }
        assertThat(fanOut.count("sluice.batches")).isEqualTo(5);
        assertThat(fanOut.count("sluice.batches.deflated")).isEqualTo(deflate ? 5 : 0);
    }

    @Test
    void shouldNotLookIntoAnEvent() {
        FanOut fanOut = new FanOut(2, true);
        byte[] noJson = new byte[2_000];
        new Random(5).nextBytes(noJson);

        fanOut.push(noJson, 1);
        fanOut.settle();

        for (CountingOutput output : fanOut.outputs()) {
            byte[] frame = output.last().bytes();
            String text = new String(frame, StandardCharsets.ISO_8859_1);
            assertThat(text).endsWith("\"events\":[" + new String(noJson, StandardCharsets.ISO_8859_1) + "]}");
        }
    }
}
