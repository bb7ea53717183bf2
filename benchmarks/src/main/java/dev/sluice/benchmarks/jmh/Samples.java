// SPDX-License-Identifier: Apache-2.0
package dev.sluice.benchmarks.jmh;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Events as services write them: alike in their names, different in their values. The same ones in every run. */
final class Samples {

    static final String SERVICE = "finance";
    static final String EPOCH = "k3J9xQ";

    /** An event has about so many bytes. */
    static final int EVENT_BYTES = 256;

    private Samples() {}

    static List<byte[]> events(int count) {
        Random random = new Random(1);
        List<byte[]> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            events.add(event(i, random));
        }
        return events;
    }

    private static byte[] event(int number, Random random) {
        String json = "{\"specversion\":\"1.0\",\"id\":\"" + Long.toHexString(random.nextLong())
                + "\",\"source\":\"/ledger/eu\",\"type\":\"finance.revenue.booked\",\"org\":\"acme\","
                + "\"service\":\"finance\",\"time\":\"2026-01-01T00:00:" + (10 + number % 50) + "Z\",\"data\":{"
                + "\"account\":" + random.nextInt(100_000) + ",\"amount\":" + random.nextInt(1_000_000) / 100.0
                + ",\"currency\":\"EUR\",\"bookedBy\":\"user-" + random.nextInt(1_000) + "\"}}";
        return json.getBytes(StandardCharsets.UTF_8);
    }

    static int length(List<byte[]> events) {
        return events.stream().mapToInt(event -> event.length).sum();
    }
}
