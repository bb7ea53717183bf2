// SPDX-License-Identifier: Apache-2.0
package dev.sluice.gateway.hub;

import dev.sluice.stream.bus.CommittedBatch;
import io.vertx.core.Future;
import java.util.function.Consumer;

/** Where pushes come from: the event bus, or a test that loses and reorders them. */
@FunctionalInterface
public interface PushSource {

    /**
     * Begins to receive the pushes of a shard.
     *
     * @param handler gets each push; any thread
     * @return completes when the cluster knows the registration, with what ends it
     */
    Future<Runnable> subscribe(int shard, Consumer<CommittedBatch> handler);
}
