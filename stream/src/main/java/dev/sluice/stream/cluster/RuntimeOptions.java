// SPDX-License-Identifier: Apache-2.0
package dev.sluice.stream.cluster;

/**
 * What Vert.x runs on: the keys {@code runtime.*}.
 *
 * @param transport how sockets are served. Default {@code auto}: the best that works here
 * @param eventLoops how many event-loop threads, 0 to 1024; 0 is two for each processor, at most 64. Default 0
 */
public record RuntimeOptions(TransportKind transport, int eventLoops) {

    private static final int MAX_EVENT_LOOPS = 1_024;
    private static final int MAX_DEFAULT_EVENT_LOOPS = 64;

    /** Checks the bounds. */
    public RuntimeOptions {
        if (eventLoops < 0 || eventLoops > MAX_EVENT_LOOPS) {
            throw new IllegalArgumentException(
                    "runtime.eventLoops must be 0 to " + MAX_EVENT_LOOPS + ", is " + eventLoops);
        }
    }

    /** The best transport, two event loops for each processor. */
    public static RuntimeOptions defaults() {
        return new RuntimeOptions(TransportKind.AUTO, 0);
    }

    /** How many event loops there will be, at least 1. */
    public int effectiveEventLoops() {
        int processors = Runtime.getRuntime().availableProcessors();
        return eventLoops > 0 ? eventLoops : Math.min(2 * processors, MAX_DEFAULT_EVENT_LOOPS);
    }
}
