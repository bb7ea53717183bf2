// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.census;

import io.vertx.core.Future;
import java.util.Map;

/**
 * What the nodes of a cluster tell each other of their counts. Every report is absolute, not a change: a lost or repeated one is mended
 * by the next. Thread-safe; never blocks.
 */
@FunctionalInterface
public interface ClusterCounts {

    /**
     * Tells what this node has. Of two reports of a key the later call stands, in whatever order they arrive.
     *
     * @param own by key; 0: none any more
     * @return by key, how many all living nodes have, this one's as given; fails when the cluster cannot tell
     */
    Future<Map<String, Integer>> report(Map<String, Integer> own);

    /** Keys of one group are cheap to report together. Always the same for a key. */
    default int group(String key) {
        return 0;
    }

    /** A cluster of one. */
    static ClusterCounts alone() {
        return Future::succeededFuture;
    }
}
