// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.bus;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.sluice.stream.Position;
import dev.sluice.stream.bus.CommittedBatch.Run;
import dev.sluice.stream.fuzz.Accepted;
import dev.sluice.stream.fuzz.Cost;
import io.vertx.core.buffer.Buffer;

/** A push from another node, or from whatever sits at its end of the bus. */
class CommittedBatchCodecFuzzTest {

    private static final int BEFORE = 3;

    private final CommittedBatchCodec codec = new CommittedBatchCodec();

    @FuzzTest
    void push(byte[] wire) {
        // The body stands behind the head of the bus message.
        Buffer message = Buffer.buffer(new byte[BEFORE]).appendBytes(wire);
        CommittedBatch batch;
        try {
            batch = Cost.bounded(wire.length, () -> codec.decodeFromWire(BEFORE, message));
        } catch (IllegalArgumentException e) {
            Accepted.reason(e.getMessage());
            return;
        }
        for (Run run : batch.runs()) {
            Accepted.sameToEveryNode(run.key().org());
            assertThat(run.firstSeq()).isBetween(1L, Position.MAX_SEQ);
            assertThat(run.lastSeq()).isBetween(run.firstSeq() - 1, Position.MAX_SEQ);
            assertThat(Position.isEpoch(run.epoch())).isTrue();
        }
        Buffer again = Buffer.buffer();
        codec.encodeToWire(again, batch);
        assertThat(again.getBytes()).isEqualTo(Buffer.buffer(wire).getBytes(0, again.length()));
    }
}
