// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.hub;

import java.util.Comparator;
import java.util.List;

/** What all buffers of a node may hold together. */
final class BufferBudget {

    private BufferBudget() {}

    /**
     * Shrinks the largest until all are within the budget, or what is left cannot be shrunk.
     *
     * @param total what they hold now
     * @param budget what they may hold
     * @return what they hold afterwards
     */
    static long keep(List<FeedWriter> writers, long total, long budget) {
        List<FeedWriter> largestFirst = writers.stream()
                .sorted(Comparator.comparingLong(FeedWriter::bytes).reversed())
                .toList();
        long bytes = total;
        for (FeedWriter writer : largestFirst) {
            if (bytes <= budget || !writer.isOpen()) {
                break;
            }
            long before = writer.bytes();
            writer.shrink();
            bytes -= before - writer.bytes();
        }
        return bytes;
    }
}
