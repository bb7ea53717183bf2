// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.canary;

import dev.sluice.stream.bus.ShardProbe;
import io.vertx.core.Future;
import java.util.function.Consumer;

/** What canaries travel on: the event bus, or a test that loses them. */
interface CanaryWire {

    /**
     * Begins to hear the calls of all nodes, its own included.
     *
     * @param handler any thread
     * @return completes when the cluster knows the registration, with what ends it
     */
    Future<Runnable> listen(Consumer<CanaryCall> handler);

    /** Tells all nodes. */
    void call(CanaryCall call);

    /** Sends a probe to all that are registered for a shard. */
    void probe(int shard, ShardProbe probe);
}
