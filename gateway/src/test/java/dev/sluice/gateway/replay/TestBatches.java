// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.replay;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Batches whose events say their own seq. */
final class TestBatches {

    static final String EPOCH = "e1";

    private final FrameEncoder encoder = new FrameEncoder(1_024, 6);
    private final int padding;

    /**
     * A source of batches.
     *
     * @param padding how many characters an event has besides its seq
     */
    TestBatches(int padding) {
        this.padding = padding;
    }

    Batch batch(long firstSeq, int size, long timestamp) {
        List<byte[]> events = new ArrayList<>();
        long[] timestamps = new long[size];
        for (int i = 0; i < size; i++) {
            events.add(event(firstSeq + i));
            timestamps[i] = timestamp + i;
        }
        return Batch.encode(encoder, "finance", EPOCH, firstSeq, events, timestamps, false);
    }

    byte[] event(long seq) {
        return ("{\"n\":" + seq + ",\"p\":\"" + "x".repeat(padding) + "\"}").getBytes(StandardCharsets.UTF_8);
    }

    static long seqOf(byte[] event) {
        String text = new String(event, StandardCharsets.UTF_8);
        return Long.parseLong(text.substring(5, text.indexOf(',')));
    }
}
